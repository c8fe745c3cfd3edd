"""Setting an edition as a static site: no script, no font, no picture from elsewhere; opens from a USB stick."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from assay.model import Assessment, Cell, Exhibit, Image, Page, Table
from assay.publish.edition import Edition, Leaf, Note
from assay.store.store import Store


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a page's text, the names of the notes over it, and those that begin here."""

    text: str
    names: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of a document as its document's page shows it."""

    href: str
    picture: str
    words: str


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A document in the front page's register."""

    href: str
    label: str
    axes: tuple[str, ...]


def evidence_name(exhibit: str, page: int) -> str:
    """Return the file name of the page that shows one cited page."""
    return f"evidence/{exhibit[:12]}-p{page}.html"


class Site:
    """One edition being written into a folder."""

    def __init__(self, edition: Edition, store: Store, folder: Path, data: tuple[str, ...]) -> None:
        """Write `edition` of the case in `store` into `folder`; `data` names the files beside it."""
        self.edition, self.store, self.folder, self.data = edition, store, folder, data
        self.numbers: dict[str, int] = {}
        for note in edition.notes():
            self.numbers.setdefault(note.anchor, len(self.numbers) + 1)
        self.images = {(i.exhibit, i.page): i for i in store.all(Image)}
        self._environment = Environment(
            loader=PackageLoader("assay.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def write(self) -> None:
        """Write every page, picture and style."""
        (self.folder / "evidence").mkdir()
        (self.folder / "images").mkdir()
        style = self._environment.loader.get_source(self._environment, "style.css")[0]  # type: ignore[union-attr]
        (self.folder / "style.css").write_text(style, "utf-8")
        for image in self.images.values():
            (self.folder / self._picture(image)).write_bytes(self.store.blob(image.picture))
        self._leaf(self.edition.front, (), self._register())
        for leaf in self.edition.agreements:
            self._leaf(leaf, (), ())
        by_page: dict[tuple[str, int], list[Note]] = {}
        for note in self.edition.notes():
            by_page.setdefault((note.span.exhibit, note.span.page), []).append(note)
        for exhibit in self.store.all(Exhibit):
            pages = list(self.store.of(Page, exhibit.digest))
            tables = list(self.store.of(Table, exhibit.digest))
            links = []
            for page in pages:
                notes = by_page.get((exhibit.digest, page.number), [])
                shown = bool(notes) or page.number == 1
                if shown:
                    self._evidence(page, [t for t in tables if t.page == page.number], notes)
                    links.append(self._page_link(page, len(notes)))
            name = f"document-{exhibit.digest[:12]}"
            for document in (x for x in self.edition.documents if x.name == name):
                self._leaf(document, tuple(links), ())

    def link(self, note: Note) -> str:
        """Return where a note leads, from the site's root."""
        span = note.span
        if span.page == 0:
            return f"document-{span.exhibit[:12]}.html"
        return f"{evidence_name(span.exhibit, span.page)}#{note.anchor}"

    def _page_link(self, page: Page, cited: int) -> PageLink:
        image = self.images.get((page.exhibit, page.number))
        words = f"page {page.number}" + (f", cited {cited} times" if cited > 1 else ", cited once" if cited else "")
        return PageLink(evidence_name(page.exhibit, page.number), self._picture(image) if image else "", words)

    def _picture(self, image: Image) -> str:
        return f"images/{image.picture[:16]}.webp"

    def _register(self) -> tuple[RegisterRow, ...]:
        axes = {a.exhibit: a for a in self.store.all(Assessment)}
        rows = []
        for leaf in self.edition.documents:
            digest = next(d for d in self.edition.labels if leaf.name == f"document-{d[:12]}")
            seen = axes.get(digest)
            words = (seen.integrity, seen.origin, seen.content, seen.stage, seen.completeness) if seen else ()
            rows.append(RegisterRow(f"{leaf.name}.html", leaf.title, tuple(w.word for w in words)))
        return tuple(rows)

    def _leaf(self, leaf: Leaf, pages: tuple[PageLink, ...], register: tuple[RegisterRow, ...]) -> None:
        html = self._environment.get_template("leaf.html").render(
            edition=self.edition, leaf=leaf, root="", pages=pages, register=register, data=self.data,
            numbers=self.numbers, link=self.link, tip=_tip,
        )  # fmt: skip
        (self.folder / f"{leaf.name}.html").write_text(html, "utf-8")

    def _evidence(self, page: Page, tables: list[Table], notes: list[Note]) -> None:
        image = self.images.get((page.exhibit, page.number))
        grids = [] if image or page.kind != "sheet" else [_grid(t, notes) for t in tables]
        runs = [] if image or grids else list(_runs(page.text, notes))
        placed = {i for r in runs for i in r.ids} | {i for g in grids for row in g for c in row for i in c.ids}
        html = self._environment.get_template("evidence.html").render(
            edition=self.edition, root="../", page=page, notes=notes, numbers=self.numbers, grids=grids, runs=runs,
            placed=placed, label=self.edition.labels[page.exhibit], document=f"document-{page.exhibit[:12]}",
            picture=self._picture(image) if image else "",
        )  # fmt: skip
        (self.folder / evidence_name(page.exhibit, page.number)).write_text(html, "utf-8")


def _tip(note: Note) -> str:
    quote = " ".join(note.span.quote.split())
    where = f"{note.label}, page {note.span.page}" if note.span.page else note.label
    return f"{where}: “{quote[:160]}”" if quote else where


def _runs(text: str, notes: list[Note]) -> list[Run]:
    """Cut a page's text where notes begin and end."""
    marked = [n for n in notes if n.span.end > n.span.start]
    cuts = sorted({0, len(text), *(n.span.start for n in marked), *(n.span.end for n in marked)})
    runs = []
    for start, end in pairwise(cuts):
        over = [n for n in marked if n.span.start <= start and n.span.end >= end]
        first = tuple(n.anchor for n in over if n.span.start == start)
        runs.append(Run(text[start:end], " ".join(n.anchor for n in over), first))
    return runs


def _grid(table: Table, notes: list[Note]) -> list[list[Run]]:
    """Return a sheet's cells with the notes that lie over each."""
    seen: set[str] = set()

    def run(cell: Cell | None) -> Run:
        if cell is None:
            return Run("", "", ())
        over = [n.anchor for n in notes if n.span.start < max(cell.end, cell.start + 1) and n.span.end > cell.start]
        first = tuple(a for a in over if a not in seen)
        seen.update(first)
        return Run(cell.text, " ".join(over), first)

    return [[run(cell) for cell in row] for row in table.grid()]


def markdown(edition: Edition, site: Site) -> str:
    """Return the report as one Markdown text, each note a link to the place in the site."""
    lines = [f"# {edition.title}", ""]

    def put(leaf: Leaf, level: int) -> None:
        for section in leaf.sections:
            lines.extend([f"{'#' * level} {section.title}", ""])
            for sentence in section.sentences:
                marks = "".join(f" [[{site.numbers[n.anchor]}]]({site.link(n)})" for n in sentence.notes[:12])
                lines.extend([escape(sentence.text, quote=False) + marks, ""])
            for grid in section.grids:
                lines.append("| " + " | ".join((*grid.head, "")) + " |")
                lines.append("|" + " --- |" * (len(grid.head) + 1))
                for cells, sentence in grid.rows:
                    marks = " ".join(f"[[{site.numbers[n.anchor]}]]({site.link(n)})" for n in sentence.notes[:3])
                    safe = (escape(c, quote=False).replace("|", "\\|").replace("\n", " ") for c in cells)
                    lines.append("| " + " | ".join((*safe, marks)) + " |")
                lines.append("")

    put(edition.front, 2)
    for leaf in edition.agreements:
        lines.extend([f"## {leaf.title}", ""])
        put(leaf, 3)
    return "\n".join(lines) + "\n"
