"""Setting an edition as a static site: no script, no font, no picture from elsewhere; opens from a USB stick."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from assay.model import Assessment, Exhibit, Image, Page, Table
from assay.publish.discretion import Discretion
from assay.publish.edition import Edition, Leaf, Note, Section, evidence_name
from assay.publish.evidence import LOW, Sheet, Shown, evidence, least
from assay.publish.images import DPI, FORMS, layouts, leaves_of
from assay.publish.tongues import tongues
from assay.read import correct
from assay.store.store import Store


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


MOST_REMARK = 240
"""So many characters of a remark on a page's reading are shown: one may quote a whole other layer of text."""
MOST_NOTES = 12
"""A sentence shows so many notes; all of them are in `data/sentences.jsonl`."""


class Site:
    """One edition being written into a folder."""

    def __init__(self, edition: Edition, store: Store, folder: Path, data: tuple[str, ...]) -> None:
        """Write `edition` of the case in `store` into `folder`; `data` names the files beside it."""
        self.edition, self.store, self.folder, self.data = edition, store, folder, data
        shown = (DPI, FORMS["webp"])
        self.images = {(i.exhibit, i.page): i for i in store.all(Image) if (i.dpi, i.media_type) == shown}
        self.laid = layouts(store)
        self.notes: dict[tuple[str, int], list[Note]] = {}
        for note in edition.notes():
            self.notes.setdefault((note.exhibit, note.page), []).append(note)
        self.cited = _cited(edition)
        self.discretion = Discretion(store, edition.labels)
        self.doubt = self._doubt()
        self._environment = Environment(
            loader=PackageLoader("assay.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._environment.filters["tongues"] = tongues

    def write(self) -> None:
        """Write every page, picture and style."""
        (self.folder / "evidence").mkdir()
        (self.folder / "images").mkdir()
        style = self._environment.loader.get_source(self._environment, "style.css")[0]  # type: ignore[union-attr]
        (self.folder / "style.css").write_text(style, "utf-8")
        self._leaf(self.edition.front, (), self._register())
        for leaf in self.edition.agreements:
            self._leaf(leaf, (), ())
        names = {leaf.name: leaf for leaf in self.edition.documents}
        for exhibit in self.store.all(Exhibit):
            links = []
            tables = list(self.store.of(Table, exhibit.digest))
            for page in self.store.of(Page, exhibit.digest):
                notes = self.notes.get((exhibit.digest, page.number), [])
                if notes or page.number == 1:
                    sheets = self._evidence(page, tuple(t for t in tables if t.page == page.number), notes)
                    links.append(self._page_link(page, len(notes), sheets))
            name = f"document-{exhibit.digest[:12]}"
            if name in names:
                self._leaf(names[name], tuple(links), ())

    def _doubt(self) -> dict[str, int]:
        """Return for each note that rests on a word recognised with little confidence, how little."""
        found: dict[str, int] = {}
        for exhibit in sorted({exhibit for exhibit, _ in self.notes}):
            for page in self.store.of(Page, exhibit):
                for note in self.notes.get((exhibit, page.number), ()):
                    low = least(page, note.spans)
                    if low is not None:
                        found[note.anchor] = low
        return found

    def _page_link(self, page: Page, cited: int, sheets: tuple[Sheet, ...]) -> PageLink:
        words = f"page {page.number}" + (f", cited {cited} times" if cited > 1 else ", cited once" if cited else "")
        return PageLink(evidence_name(page.exhibit, page.number), sheets[0].picture if sheets else "", words)

    def _picture(self, image: Image) -> str:
        """Return a picture's place in the site, written there when it is first asked for."""
        name = f"images/{image.picture[:16]}.webp"
        file = self.folder / name
        if not file.exists():
            file.write_bytes(self.store.blob(image.picture))
        return name

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
            numbers=numbered(leaf), tip=self._tip, doubt=self.doubt,
        )  # fmt: skip
        (self.folder / f"{leaf.name}.html").write_text(html, "utf-8")

    def _evidence(self, page: Page, tables: tuple[Table, ...], notes: list[Note]) -> tuple[Sheet, ...]:
        laid, pictures = self.laid.get((page.exhibit, page.number)), self._pictures(page, notes)
        made = evidence(Shown(page, tables, tuple(notes), pictures, laid, self._machine(page), self.cited))
        html = self._environment.get_template("evidence.html").render(
            edition=self.edition, root="../", page=page, remarks=self._remarks(page), made=made,
            label=self.edition.labels[page.exhibit],
            document=f"document-{page.exhibit[:12]}", low=LOW,
        )  # fmt: skip
        (self.folder / evidence_name(page.exhibit, page.number)).write_text(html, "utf-8")
        return made.sheets

    def _pictures(self, page: Page, notes: list[Note]) -> dict[int, tuple[Image, str]]:
        """Return a page's picture by its number, or the pictures of the leaves that its notes stand on by theirs."""
        laid = self.laid.get((page.exhibit, page.number))
        numbers: tuple[int, ...]
        if laid is None:
            numbers, exhibit = (page.number,), page.exhibit
        else:
            spans = [(s.start, s.end) for note in notes for s in note.spans]
            numbers, exhibit = leaves_of(laid, spans), laid.document
        found = {n: self.images[exhibit, n] for n in numbers if (exhibit, n) in self.images}
        return {n: (image, self._picture(image)) for n, image in found.items()}

    def _remarks(self, page: Page) -> list[str]:
        """Return what was remarked when a page was read, without names of files."""
        shown = [self.discretion.nameless(remark) for remark in page.notes]
        return [remark if len(remark) <= MOST_REMARK else remark[:MOST_REMARK].rstrip() + " …" for remark in shown]

    def _machine(self, page: Page) -> Page | None:
        """Return the machine's reading of a page that a person corrected."""
        if page.part != correct.NAME:
            return None
        return correct.machines(self.store, page.exhibit).get(page.number)

    def _tip(self, note: Note) -> str:
        quote = " ".join(note.quote.split())
        where = f"{note.label}, page {note.page}" if note.page else note.label
        doubt = self.doubt.get(note.anchor)
        unsure = f" (a word of it was recognised with {doubt} of 100)" if doubt is not None else ""
        return (f"{where}: “{quote[:160]}”" if quote else where) + unsure


def _cited(edition: Edition) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each note the pages of the site that rest on it: where, and the page's title."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for leaf in edition.leaves():
        for section in leaf.sections:
            for sentence in section.all_sentences():
                for note in sentence.notes[:MOST_NOTES]:
                    title = leaf.title if leaf is not edition.front else "front page"
                    found.setdefault(note.anchor, {})[f"{leaf.name}.html#{note.anchor}", title] = None
    return {anchor: tuple(places) for anchor, places in found.items()}


def numbered(*leaves: Leaf) -> dict[str, int]:
    """Return a number for each note of some pages of the site, in the order in which a reader meets them."""
    numbers: dict[str, int] = {}
    for leaf in leaves:
        for sentence in (s for section in leaf.sections for s in section.all_sentences()):
            for note in sentence.notes:
                numbers.setdefault(note.anchor, len(numbers) + 1)
    return numbers


def markdown(edition: Edition, site: Site) -> str:
    """Return the report as one Markdown text, each note a link to the place in the site."""
    lines = [f"# {edition.title}", ""]
    numbers = numbered(edition.front, *edition.agreements)

    def put(sections: tuple[Section, ...], level: int) -> None:
        for section in sections:
            lines.extend([f"{'#' * level} {escape(section.title, quote=False)}", ""])
            if section.intro:
                lines.extend([f"*{escape(section.intro, quote=False)}*", ""])
            for sentence in section.sentences:
                marks = "".join(f" [[{numbers[n.anchor]}]]({n.href})" for n in sentence.notes[:MOST_NOTES])
                lines.extend([escape(sentence.text, quote=False) + marks, ""])
            for grid in section.grids:
                lines.append("| " + " | ".join((*grid.head, "")) + " |")
                lines.append("|" + " --- |" * (len(grid.head) + 1))
                for cells, sentence in grid.rows:
                    marks = " ".join(f"[[{numbers[n.anchor]}]]({n.href})" for n in sentence.notes[:3])
                    safe = (escape(c, quote=False).replace("|", "\\|").replace("\n", " ") for c in cells)
                    lines.append("| " + " | ".join((*safe, marks)) + " |")
                lines.append("")
            put(section.parts, level + 1)

    put(edition.front.sections, 2)
    for leaf in edition.agreements:
        lines.extend([f"## {escape(leaf.title, quote=False)}", ""])
        put(leaf.sections, 3)
    return "\n".join(lines) + "\n"
