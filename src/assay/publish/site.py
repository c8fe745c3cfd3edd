"""Setting an edition as a static site: no script, no font, no picture from elsewhere; opens from a USB stick."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from assay.model import Assessment, Cell, Exhibit, Image, Page, Table
from assay.publish.edition import Edition, Leaf, Note
from assay.publish.images import DPI, FORMS
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
        shown = (DPI, FORMS["webp"])
        self.images = {(i.exhibit, i.page): i for i in store.all(Image) if (i.dpi, i.media_type) == shown}
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
            by_page.setdefault((note.exhibit, note.page), []).append(note)
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
        if note.page == 0:
            return f"document-{note.exhibit[:12]}.html"
        return f"{evidence_name(note.exhibit, note.page)}#{note.anchor}"

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
            numbers=numbered(leaf), link=self.link, tip=_tip,
        )  # fmt: skip
        (self.folder / f"{leaf.name}.html").write_text(html, "utf-8")

    def _evidence(self, page: Page, tables: list[Table], notes: list[Note]) -> None:
        image = self.images.get((page.exhibit, page.number))
        grids = [] if image or page.kind != "sheet" else [_grid(t, notes) for t in tables]
        runs = [] if image or grids else list(_runs(page.text, notes))
        placed = {i for r in runs for i in r.ids} | {i for g in grids for row in g for c in row for i in c.ids}
        html = self._environment.get_template("evidence.html").render(
            edition=self.edition, root="../", page=page, notes=notes,  grids=grids, runs=runs,
            placed=placed, label=self.edition.labels[page.exhibit], document=f"document-{page.exhibit[:12]}",
            picture=self._picture(image) if image else "",
        )  # fmt: skip
        (self.folder / evidence_name(page.exhibit, page.number)).write_text(html, "utf-8")


def numbered(*leaves: Leaf) -> dict[str, int]:
    """Return a number for each note of some pages of the site, in the order in which a reader meets them."""
    numbers: dict[str, int] = {}
    for leaf in leaves:
        for sentence in (s for section in leaf.sections for s in section.all_sentences()):
            for note in sentence.notes:
                numbers.setdefault(note.anchor, len(numbers) + 1)
    return numbers


def _tip(note: Note) -> str:
    quote = " ".join(note.quote.split())
    where = f"{note.label}, page {note.page}" if note.page else note.label
    return f"{where}: “{quote[:160]}”" if quote else where


def _runs(text: str, notes: list[Note]) -> list[Run]:
    """Cut a page's text where notes begin and end."""
    marked = [(n.anchor, s) for n in notes for s in n.spans if s.end > s.start]
    cuts = sorted({0, len(text), *(s.start for _, s in marked), *(s.end for _, s in marked)})
    runs = []
    seen: set[str] = set()
    for start, end in pairwise(cuts):
        over = list(dict.fromkeys(a for a, s in marked if s.start <= start and s.end >= end))
        first = tuple(a for a in over if a not in seen)
        seen.update(first)
        runs.append(Run(text[start:end], " ".join(over), first))
    return runs


def _grid(table: Table, notes: list[Note]) -> list[list[Run]]:
    """Return a sheet's cells with the notes that lie over each."""
    seen: set[str] = set()

    def run(cell: Cell | None) -> Run:
        if cell is None:
            return Run("", "", ())
        end = max(cell.end, cell.start + 1)
        over = [n.anchor for n in notes if any(s.start < end and s.end > cell.start for s in n.spans)]
        first = tuple(a for a in over if a not in seen)
        seen.update(first)
        return Run(cell.text, " ".join(over), first)

    return [[run(cell) for cell in row] for row in table.grid()]


def markdown(edition: Edition, site: Site) -> str:
    """Return the report as one Markdown text, each note a link to the place in the site."""
    lines = [f"# {edition.title}", ""]
    numbers = numbered(edition.front, *edition.agreements)

    def put(leaf: Leaf, level: int) -> None:
        for section in leaf.sections:
            lines.extend([f"{'#' * level} {section.title}", ""])
            for sentence in section.sentences:
                marks = "".join(f" [[{numbers[n.anchor]}]]({site.link(n)})" for n in sentence.notes[:12])
                lines.extend([escape(sentence.text, quote=False) + marks, ""])
            for grid in section.grids:
                lines.append("| " + " | ".join((*grid.head, "")) + " |")
                lines.append("|" + " --- |" * (len(grid.head) + 1))
                for cells, sentence in grid.rows:
                    marks = " ".join(f"[[{numbers[n.anchor]}]]({site.link(n)})" for n in sentence.notes[:3])
                    safe = (escape(c, quote=False).replace("|", "\\|").replace("\n", " ") for c in cells)
                    lines.append("| " + " | ".join((*safe, marks)) + " |")
                lines.append("")

    put(edition.front, 2)
    for leaf in edition.agreements:
        lines.extend([f"## {leaf.title}", ""])
        put(leaf, 3)
    return "\n".join(lines) + "\n"
