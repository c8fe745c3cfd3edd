"""A page as a picture at the command line."""

from __future__ import annotations

import json

import pytest

from assay.case import Case, RunSettings
from assay.cli import main


@pytest.fixture
def assay(capsys):
    def call(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(w) for w in words])
        caught = capsys.readouterr()
        return ended.value.code, caught.out, caught.err

    return call


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path_factory.mktemp("pictures")
    (folder / "trove").mkdir()
    canvas = Canvas(str(folder / "trove" / "one.pdf"), pagesize=(200, 100), invariant=1)
    canvas.drawString(20, 50, "Kestrel")
    canvas.save()
    with Case.open(folder / "case") as opened:
        opened.run([folder / "trove"], RunSettings(executor="inline"), ["receive", "read"])
    return folder / "case"


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.webp", "WEBP")])
def test_a_page_is_drawn_behind_the_walls_into_a_file(assay, case, tmp_path, name, kind):
    from PIL import Image

    code, out, _ = assay("picture", case, "one.pdf", 1, tmp_path / name, "--dpi", 144, "--json")
    seen = json.loads(out)
    assert (code, seen["width"], seen["height"], seen["dpi"]) == (0, 400, 200, 144)
    with Image.open(tmp_path / name) as image:
        assert (image.format, image.size) == (kind, (400, 200))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["one.pdf", 7, "new.png"], "page 7 cannot be drawn"),
        (["one.pdf", 1, "new.gif"], "no ending"),
        (["nosuch.pdf", 1, "new.png"], "nothing in this case has the id"),
        (["one.pdf", 1, "there.png"], "is there already"),
    ],
)
def test_bad_words_end_with_one_clear_line(assay, case, tmp_path, words, says):
    (tmp_path / "there.png").write_bytes(b"")
    code, _, err = assay("picture", case, *words[:-1], tmp_path / words[-1])
    assert (code, says in err) == (2, True), err
    assert not (tmp_path / "new.png").exists()


def test_searchable_copies_come_out_of_the_command_line(assay, case, tmp_path):
    code, out, _ = assay("export", case, tmp_path / "copies", "--to", "pdf", "--quiet", "--json")
    assert code == 0
    assert [n for n in json.loads(out)["files"] if n.endswith(".pdf")] == [
        p.name for p in (tmp_path / "copies").glob("*.pdf")
    ]
