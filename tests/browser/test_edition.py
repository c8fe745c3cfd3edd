"""A real headless Chromium opens an edition, follows notes, and finds the marked place on the page."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from assay.case import Case, RunSettings
from assay.model import Direction, Finding, FindingStatus, Page, Weight
from assay.store.rows import to_row

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromium-driver (Debian packages) are not installed"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for word in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", f"user-data-dir={profile}", "window-size=1200,900",
    ):  # fmt: skip
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(DRIVER)) as driver:
        yield driver


@pytest.fixture(scope="module")
def edition(tmp_path_factory) -> Path:
    """Publish a case of one PDF and one text, with a finding on a word of each."""
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path_factory.mktemp("job")
    (folder / "trove").mkdir()
    canvas = Canvas(str(folder / "trove" / "paper.pdf"), pagesize=(595, 842), invariant=1)
    canvas.drawString(72, 700, "Contract No. 5 of 3 May 2024")
    canvas.drawString(300, 120, "Kestrel")
    canvas.save()
    (folder / "trove" / "note.txt").write_text("Line\n" * 200 + "The word is Plover.\n")
    with Case.open(folder / "case") as case:
        case.run([folder / "trove"], RunSettings(jobs=1), ["receive", "read"])
        for page in list(case.records(Page)):
            word = "Kestrel" if "Kestrel" in page.text else "Plover"
            start = page.text.index(word)
            finding = Finding(
                page.exhibit, FindingStatus.FINDING, f"“{word}” stands here", "", "", "", Direction.NEITHER,
                Weight.NEUTRAL, "", (), None, "", (page.span(start, start + len(word)),), "test", "1",
            )  # fmt: skip
            with case.store.transaction():
                row = to_row(finding)
                case.store.insert([row])
                case.store.append("test", "", "", {"record": row.id})
        case.publish(folder / "edition", "Trial", RunSettings(jobs=1))
    return folder / "edition"


def follow(browser, edition: Path, word: str):
    from selenium.webdriver.common.by import By

    browser.get((edition / "index.html").as_uri())
    for link in [a.get_attribute("href") for a in browser.find_elements(By.CSS_SELECTOR, "#documents th a")]:
        browser.get(link)
        for note in browser.find_elements(By.CSS_SELECTOR, "a.note"):
            if word in note.get_attribute("title"):
                note.click()
                return browser.current_url.rpartition("#")[2]
    raise AssertionError(f"no note leads to {word}")


def test_a_note_opens_the_page_picture_with_the_region_marked_and_in_view(browser, edition):
    from selenium.webdriver.common.by import By

    anchor = follow(browser, edition, "Kestrel")
    picture = browser.find_element(By.CSS_SELECTOR, ".sheet img")
    assert browser.execute_script("return arguments[0].naturalWidth", picture) > 500
    box = browser.find_element(By.ID, anchor)
    assert box.value_of_css_property("background-color") == "rgba(255, 196, 0, 0.45)"
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", box)
    assert 0 < top < 900
    sheet, place = picture.rect, box.rect
    assert abs((place["x"] - sheet["x"]) / sheet["width"] - 300 / 595) < 0.01
    assert abs((place["y"] + place["height"] - sheet["y"]) / sheet["height"] - (842 - 120) / 842) < 0.01


def test_a_note_on_a_text_opens_it_at_the_words(browser, edition):
    from selenium.webdriver.common.by import By

    anchor = follow(browser, edition, "Plover")
    marked = browser.find_element(By.CSS_SELECTOR, f"mark.{anchor}")
    assert marked.text == "Plover"
    assert marked.value_of_css_property("background-color") == "rgba(255, 196, 0, 0.45)"
    assert 0 < browser.execute_script("return arguments[0].getBoundingClientRect().top", marked) < 900


def test_no_page_runs_script_loads_from_elsewhere_or_complains(browser, edition):
    for page in sorted(edition.rglob("*.html")):
        browser.get(page.as_uri())
        assert browser.execute_script("return document.scripts.length") == 0
        loaded = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
        assert all(name.startswith(edition.as_uri()) for name in loaded)
        wide = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{page.name} is wider than the window"
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_cited_place_leads_back_to_the_sentence_that_rests_on_it(browser, edition):
    from selenium.webdriver.common.by import By

    anchor = follow(browser, edition, "Kestrel")
    back = browser.find_element(By.CSS_SELECTOR, "a.back")
    back.click()
    note = browser.find_element(By.CSS_SELECTOR, "a.note:target")
    assert note.get_attribute("id") == anchor
    assert note.value_of_css_property("background-color") == "rgba(255, 196, 0, 0.45)"


def test_pages_have_landmarks_headings_in_order_and_names_for_pictures(browser, edition):
    from selenium.webdriver.common.by import By

    for page in sorted(edition.rglob("*.html")):
        browser.get(page.as_uri())
        assert len(browser.find_elements(By.TAG_NAME, "main")) == 1
        assert len(browser.find_elements(By.TAG_NAME, "h1")) == 1
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
        levels = [int(h.tag_name[1]) for h in browser.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), page.name
        for picture in browser.find_elements(By.CSS_SELECTOR, "main figure img"):
            assert len(picture.get_attribute("alt")) > 5
        ids = [e.get_attribute("id") for e in browser.find_elements(By.CSS_SELECTOR, "[id]")]
        assert len(ids) == len(set(ids)), page.name
        for nav in browser.find_elements(By.TAG_NAME, "nav"):
            assert nav.get_attribute("aria-label")


def test_the_first_key_leads_past_the_navigation(browser, edition):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.get((edition / "index.html").as_uri())
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.rect["x"] >= 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1200, 900), (1920, 1080)])
def test_no_page_is_wider_than_a_telephone_or_a_screen(browser, edition, width, height):
    mobile = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", mobile)
    try:
        for page in sorted(edition.rglob("*.html")):
            browser.get(page.as_uri())
            assert browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth") <= 0
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_words_are_readable_against_their_ground(browser, edition):
    """The contrast of text is at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    browser.get((edition / "index.html").as_uri())
    least = browser.execute_script(CONTRAST)
    assert least[0] >= 4.5, least


CONTRAST = """
const value = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m; };
const curve = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
const light = m => { const f = m.slice(0, 3).map(curve);
  return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
let least = [99, ""];
for (const e of document.querySelectorAll("main *, nav *, footer *")) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  let ground = null;
  for (let up = e; up && !ground; up = up.parentElement) ground = value(getComputedStyle(up).backgroundColor);
  const a = light(value(getComputedStyle(e).color)), b = light(ground || [255, 255, 255]);
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < least[0]) least = [ratio, e.outerHTML.slice(0, 120)];
}
return least;
"""
