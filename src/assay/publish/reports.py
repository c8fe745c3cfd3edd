"""A report for each document: what speaks for it and against it, innocent explanations, the place, how to redo it.

Purpose: what an examiner hands over with a document. Each is one HTML page and one JSON file of the same content; the
index holds the statement on the trove, the axes of all documents and the matrix of hypotheses. Limits: reports name
files, so they stay with those who work on the case; an edition is what may leave. Pictures are those that workers drew;
they are shown cut to the region by the browser and never opened here.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from assay.custody.paths import all_paths
from assay.examine.hypotheses import Matrix, matrix
from assay.examine.image.views import VIEWS
from assay.examine.policy import AXES, STRENGTH
from assay.examine.statement import statement
from assay.model import (
    Assessment,
    Direction,
    Document,
    Exhibit,
    Finding,
    FindingStatus,
    Image,
    Judgement,
    Page,
    Problem,
    Record,
    Span,
    encode,
)  # fmt: skip
from assay.model.errors import Usage
from assay.publish import wording
from assay.publish.evidence import least
from assay.publish.images import DPI, FORMS, Wanted
from assay.publish.scene import scene
from assay.publish.tables import hypotheses_rows
from assay.publish.views import MOST_PLACES, before_of, viewed
from assay.store.store import Store

R = TypeVar("R", bound=Record)
_LEAST_WIDE, _LEAST_HIGH, _ROUND = 0.45, 0.07, 0.02
"""The least part of a page that a picture shows, and what it shows around a region, in page fractions."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page's picture: `crop` and `marks` in page fractions (x0, y0, x1, y1), sizes in pixels.

    `caption` says what is shown: the page as it is, or as an earlier saved state had it.
    """

    picture: str
    page: int
    crop: tuple[float, float, float, float]
    marks: tuple[tuple[float, float, float, float], ...]
    width: int
    height: int
    caption: str

    @property
    def ratio(self) -> float:
        """Width over height of what is shown."""
        x0, y0, x1, y1 = self.crop
        return (x1 - x0) * self.width / max(1.0, (y1 - y0) * self.height)


@dataclass(frozen=True, slots=True)
class Shown:
    """Another way to look at a page's picture, without a verdict: `reading` says how to read it and how not."""

    page: int
    title: str
    reading: str
    picture: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One finding as a reader meets it. `support` is worded, `rate` is the measured noise, `redo` the command."""

    id: str
    part: str
    version: str
    weight: str
    observation: str
    expected: str
    support: str
    innocent: tuple[str, ...]
    rate: str
    limits: str
    places: tuple[str, ...]
    regions: tuple[Region, ...]
    decided: tuple[str, ...]
    redo: str


@dataclass(frozen=True, slots=True)
class AxisLine:
    """One axis: its name, its word, the sentence that says why, and the ids of the findings that it rests on."""

    name: str
    word: str
    sentence: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of one document."""

    name: str
    label: str
    sha256: str
    paths: tuple[str, ...]
    media_type: str
    size: int
    pages: int
    stage: str
    axes: tuple[AxisLine, ...]
    against: tuple[Answer, ...]
    speaking_for: tuple[Answer, ...]
    facts: tuple[Answer, ...]
    views: tuple[Shown, ...]
    clear: tuple[str, ...]
    not_examined: tuple[str, ...]
    not_applicable: tuple[str, ...]
    problems: tuple[str, ...]


def write_reports(store: Store, folder: Path, exhibits: Iterable[str] = ()) -> Path:
    """Write a report for each exhibit that has pages or findings, or for `exhibits` (digests); return the index.

    Raises `Usage` when `folder` holds something or an exhibit is not there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Usage(f"{folder} is not empty", hint="Name a new folder: nothing is overwritten.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    (work / "images").mkdir(parents=True)
    writer = _Writer(store, work)
    writer.write(tuple(exhibits))
    if folder.exists():
        folder.rmdir()
    work.rename(folder)
    return folder / "index.html"


class _Writer:
    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.labels = scene(store).labels
        self.paths = all_paths(store)
        shown = (DPI, FORMS["webp"])
        self.images = {(i.exhibit, i.page): i for i in store.all(Image) if (i.dpi, i.media_type) == shown}
        self.aside = {(i.exhibit, i.page, i.part): i for i in store.all(Image) if not i.dpi}
        self.problems = _grouped(store.all(Problem), lambda p: p.about)
        self.decisions = _grouped(store.all(Judgement), lambda j: j.about[0] if j.about else "")
        self.drawn: set[str] = set()
        self.pages: dict[str, dict[int, Page]] = {}  # of the exhibit that was asked for last
        self.environment = Environment(
            loader=PackageLoader("assay.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def write(self, exhibits: tuple[str, ...]) -> None:
        style = self.environment.loader.get_source(self.environment, "style.css")[0]  # type: ignore[union-attr]
        (self.folder / "style.css").write_text(style, "utf-8")
        order = {digest: n for n, digest in enumerate(self.labels)}
        held = sorted(self.store.all(Exhibit), key=lambda e: (order.get(e.digest, len(order)), e.digest))
        chosen = [e for e in held if not exhibits or e.digest in exhibits]
        reports = []
        for exhibit in chosen:
            report = self.report(exhibit)
            reports.append(report)
            html = self.environment.get_template("report.html").render(report=report, title=report.label)
            (self.folder / f"{report.name}.html").write_text(html, "utf-8")
            (self.folder / f"{report.name}.json").write_bytes(encode(report))
        self.index(reports)

    def index(self, reports: list[Report]) -> None:
        rivals: Matrix = matrix(self.store)
        rows = hypotheses_rows(rivals)
        with (self.folder / "hypotheses.csv").open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]) if rows else ["finding"])
            table.writeheader()
            table.writerows(rows)
        html = self.environment.get_template("reports.html").render(
            title="Examination reports", reports=reports, statement=[text for text, _ in statement(self.store)],
            rivals=rivals, label=lambda digest: self.labels.get(digest, digest[:8]), axes=AXES,
        )  # fmt: skip
        (self.folder / "index.html").write_text(html, "utf-8")

    def report(self, exhibit: Exhibit) -> Report:
        digest = exhibit.digest
        findings = sorted(
            self.store.of(Finding, digest), key=lambda f: (-STRENGTH.index(f.weight), f.part, f.id)
        )  # fmt: skip
        found = [f for f in findings if f.status is FindingStatus.FINDING]
        against = [f for f in found if f.direction is Direction.AGAINST and f.weight.value != "neutral"]
        speaking_for = [f for f in found if f.direction is Direction.FOR and f.weight.value != "neutral"]
        spoken = {f.id for f in (*against, *speaking_for)}
        clear = [f for f in findings if f.status is FindingStatus.NO_FINDING]
        undone = [f for f in findings if f.status in (FindingStatus.NOT_EXAMINED, FindingStatus.ERROR)]
        apart = sorted({_said(f) for f in findings if f.status is FindingStatus.NOT_APPLICABLE})
        document = next(iter(self.store.of(Document, digest)), None)
        return Report(
            f"report-{digest[:12]}", self.labels.get(digest, digest[:8]), digest, self.paths.get(digest, ()),
            exhibit.media_type, exhibit.size, sum(1 for _ in self.store.of(Page, digest)),
            str(document.stage) if document else "unclear", self.axes(digest),
            tuple(self.answer(f) for f in against), tuple(self.answer(f) for f in speaking_for),
            tuple(self.answer(f) for f in found if f.id not in spoken), tuple(self.views(digest, found)),
            tuple(_said(f) for f in clear), tuple(_said(f) for f in undone), tuple(apart),
            tuple(f"{p.stage}, page {p.page or '-'}: {p.message}" for p in self.problems.get(digest, ())),
        )  # fmt: skip

    def axes(self, digest: str) -> tuple[AxisLine, ...]:
        for assessment in self.store.of(Assessment, digest):
            axes = ((name, getattr(assessment, name)) for name in AXES)
            return tuple(AxisLine(name, axis.word, axis.sentence, axis.findings) for name, axis in axes)
        return ()

    def answer(self, finding: Finding) -> Answer:
        support = ""
        if finding.weight.value != "neutral" and finding.proposition and finding.alternative:
            support = wording.support(finding)
        rate = "Not measured on innocent files."
        if finding.base_rate:
            held = finding.base_rate
            rate = (
                f"On innocent files it fired on {held.fired} of {held.files} ({held.corpus}); "
                f"the upper 95 % bound is {held.upper95 * 100:.1f} %."
            )
        decided = (f"{j.decision}, by {j.person}: {j.note}".rstrip(": ") for j in self.decisions.get(finding.id, ()))
        places = tuple(self.place(span) for span in finding.spans[:12])
        return Answer(
            finding.id, finding.part, finding.version, finding.weight.value, finding.observation, finding.expected,
            support, finding.innocent_explanations, rate, finding.limits, places,
            tuple(self.regions(finding)), tuple(decided), f"assay reproduce CASE {finding.id[:16]}",
        )  # fmt: skip

    def place(self, span: Span) -> str:
        """Word where a span stands and what it says; a word that was recognised with little confidence is named."""
        label = self.labels.get(span.exhibit, span.exhibit[:8])
        where = f"{label}, page {span.page}" if span.page else label
        if not span.quote:
            return where
        if span.exhibit not in self.pages:
            self.pages = {span.exhibit: {p.number: p for p in self.store.of(Page, span.exhibit)}}
        page = self.pages[span.exhibit].get(span.page)
        doubt = least(page, (span,)) if page else None
        unsure = "" if doubt is None else f" (a word of it was recognised with {doubt} of 100)"
        return f"{where}: {wording.quoted(span.quote)}{unsure}"

    def regions(self, finding: Finding) -> Iterable[Region]:
        """Yield the region of each page that a finding rests on, a few at most; an earlier state's first."""
        pages: dict[tuple[str, int], list[Span]] = {}
        for span in finding.spans:
            if span.boxes:
                pages.setdefault((span.exhibit, span.page), []).append(span)
        former = before_of(finding)
        earlier = self.aside.get((former.exhibit, former.page, former.part)) if former else None
        if former and earlier and (former.exhibit, former.page) not in pages:
            yield self.region(earlier, [], f"page {former.page}, before")
        for (exhibit, page), here in list(pages.items())[:MOST_PLACES]:
            boxes = [(b.x0, b.y0, b.x1, b.y1) for span in here for b in span.boxes]
            if former and earlier and (former.exhibit, former.page) == (exhibit, page):
                yield self.region(earlier, boxes, f"page {page}, before")
            image = self.images.get((exhibit, page))
            if image is not None:
                yield self.region(image, boxes, f"page {page}, after" if earlier else f"page {page}")

    def region(self, image: Image, boxes: list[tuple[float, float, float, float]], caption: str) -> Region:
        return Region(
            self.picture(image), image.page, _crop(boxes), tuple(boxes), image.width, image.height, caption
        )  # fmt: skip

    def views(self, digest: str, found: list[Finding]) -> Iterable[Shown]:
        """Yield the other ways to look at some of a document's pictures, as far as they were drawn."""
        for page in viewed(found):
            for view in VIEWS:
                image = self.aside.get((digest, page, Wanted(digest, page, 0, view=view.name).part))
                if image is not None:
                    yield Shown(page, view.title, view.reading, self.picture(image), image.width, image.height)

    def picture(self, image: Image) -> str:
        name = f"images/{image.picture[:16]}.webp"
        if name not in self.drawn:
            (self.folder / name).write_bytes(self.store.blob(image.picture))
            self.drawn.add(name)
        return name


def _crop(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    """Return what to show of a page: all boxes and a little around, never less than a readable strip; or all of it."""
    if not boxes:
        return (0.0, 0.0, 1.0, 1.0)
    x0, y0 = min(b[0] for b in boxes) - _ROUND, min(b[1] for b in boxes) - _ROUND
    x1, y1 = max(b[2] for b in boxes) + _ROUND, max(b[3] for b in boxes) + _ROUND
    grow_x, grow_y = max(0.0, _LEAST_WIDE - (x1 - x0)) / 2, max(0.0, _LEAST_HIGH - (y1 - y0)) / 2
    x0, x1, y0, y1 = x0 - grow_x, x1 + grow_x, y0 - grow_y, y1 + grow_y
    x0, x1 = (max(0.0, x0 - max(0.0, x1 - 1.0)), min(1.0, x1 + max(0.0, -x0)))
    y0, y1 = (max(0.0, y0 - max(0.0, y1 - 1.0)), min(1.0, y1 + max(0.0, -y0)))
    return (round(x0, 5), round(y0, 5), round(x1, 5), round(y1, 5))


def _said(finding: Finding) -> str:
    return f"{finding.part}: {wording.ended(finding.observation)}" if finding.observation else finding.part


def _grouped(records: Iterable[R], by: Callable[[R], str]) -> dict[str, list[R]]:
    grouped: dict[str, list[R]] = {}
    for record in records:
        grouped.setdefault(by(record), []).append(record)
    return grouped
