"""Filing: a paper is set, painted, perhaps scanned, perhaps altered, and put into the cabinet with its truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from assay.specimen import alter
from assay.specimen.desk import Desk
from assay.specimen.fiction import Deal, World
from assay.specimen.packed import packed
from assay.specimen.paint import Imprint, pdf_of
from assay.specimen.paper import Block, Box, Leaf, box_of
from assay.specimen.plan import Plan, Plant, Planted
from assay.specimen.setting import leaves_of
from assay.specimen.truth import Cabinet, Filed

SCANNED = 0.40
"""Share of paged documents' pages that are scanned."""

ALTERABLE = frozenset({"annex", "price_protocol", "payment_schedule", "other", "invoice", "acceptance_act", "letter"})
"""Kinds of papers whose amounts may be altered in the file itself: none that carries an agreement's own fields."""

Write = Callable[[bool], list[Block]]


@dataclass(frozen=True, slots=True)
class Sort:
    """What a paper is, for the truth: kind, day, number, stage; `content` names the content alterations it can bear.

    `dated` tells that it prints its date, `own` that it is a document of the agreement (not one about it).
    """

    kind: str
    day: date
    number: str = ""
    stage: str = "final"
    placed: bool = False
    content: tuple[str, ...] = ()
    dated: bool = True
    own: bool = True
    at: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Holder:
    """A mail or an archive that is being filled: members go to it instead of the folder."""

    path: str
    members: list[tuple[str, bytes]] = field(default_factory=list)

    def inner(self, name: str) -> str:
        """Return the path of a new member."""
        taken = {member for member, _ in self.members}
        stem, _, ending = name.rpartition(".")
        count, free = 1, name
        while free in taken:
            count += 1
            free = f"{stem}_{count}.{ending}"
        return free


@dataclass(slots=True)
class Change:
    """An alteration or a twin on its way to the truth."""

    examination: str
    kind: str
    twin: bool
    detail: str
    page: int = 0
    box: Box | None = None
    before: str = ""
    after: str = ""
    position: str = ""
    figure: str = ""


@dataclass(slots=True)
class Sheets:
    """A paper as it is being made: its leaves, its bytes, what was changed."""

    leaves: list[Leaf]
    data: bytes
    scan: bool
    dpi: int | None = None
    changes: list[Change] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    absent: int = 0
    form: str = "pdf"

    @property
    def medium(self) -> str:
        """Name the medium as the truth does."""
        return "image" if self.form != "pdf" else "scan" if self.scan else "born_digital"


class Filer:
    """Files the papers of a trove. One for the whole trove."""

    def __init__(self, cabinet: Cabinet, world: World, plan: Plan) -> None:
        """File into `cabinet`."""
        self.cabinet, self.world, self.plan = cabinet, world, plan
        self.altered: set[str] = set()
        self.turn = world.seed % 5

    def options(self, sort: Sort, desk: Desk, scan: bool) -> list[Plant]:
        """Return what could be planted in a paper."""
        options = [Plant(name) for name in sort.content]
        if "txt.ids" in sort.content:
            options.append(Plant("txt.ids", True))
        if "txt.parity" in sort.content:
            if len(desk.languages) < 2:
                options.remove(Plant("txt.parity"))
            elif "zh" in desk.languages:
                options.append(Plant("txt.parity", True))
        if sort.kind in ALTERABLE:
            options.append(Plant("pdf.overlay" if scan else "pdf.revdiff"))
        options.append(Plant("pdf.overlay" if scan else "pdf.revdiff", True))
        return options

    def make(self, desk: Desk, sort: Sort, write: Write, *, scan: bool | None = None, plain: bool = False) -> Sheets:
        """Set and paint a paper and alter it as planned; `plain` forbids alterations."""
        cabinet, rng = self.cabinet, desk.rng
        if scan is None:
            scan = cabinet.scanned < SCANNED * cabinet.paged if rng.random() < 0.7 else rng.random() < SCANNED
        desk.plant = None if plain else self.plan.choose(rng, self.options(sort, desk, scan))
        leaves = leaves_of(write(scan), desk.sheet)
        sheets = Sheets(leaves, b"", scan)
        self._planted(desk, sheets)
        imprint = Imprint(f"{sort.kind} {sort.number}".strip(), "", sort.day, 8 + rng.randrange(10))
        sheets.data = pdf_of(sheets.leaves, desk.sheet, imprint)
        sheets.pages = [leaf.text for leaf in sheets.leaves]
        cabinet.paged += len(sheets.leaves)
        if scan:
            self._scan(desk, sort, sheets)
            cabinet.scanned += len(sheets.leaves)
        elif desk.plant and desk.plant.examination == "pdf.revdiff":
            self._revise(desk, sort, sheets)
        return sheets

    def _planted(self, desk: Desk, sheets: Sheets) -> None:
        """Find where the writer planted what it was to plant, and note innocent look-alikes."""
        planted, plant = desk.planted, desk.plant
        if planted and plant:
            change = Change(plant.examination, planted.kind, plant.twin, planted.detail, after=planted.needle)
            change.position, change.figure = planted.position, planted.figure
            for number, leaf in enumerate(sheets.leaves, start=1):
                box = box_of(leaf, desk.sheet, planted.needle, planted.within)
                box = box or (box_of(leaf, desk.sheet, planted.needle) if not planted.within else None)
                if box and not plant.twin:
                    change.page, change.box = number, box
                    break
            if not change.page and not plant.twin:
                change.page = next(
                    (
                        n
                        for n, leaf in enumerate(sheets.leaves, 1)
                        if planted.needle.replace("\u00a0", " ") in leaf.text
                    ),
                    0,
                )
            sheets.changes.append(change)
            self.plan.done(plant)
        if not planted or (plant and plant.examination != "txt.sum"):
            sheets.changes.extend(Change("txt.sum", note.kind, True, note.detail) for note in desk.notes)

    def _scan(self, desk: Desk, sort: Sort, sheets: Sheets) -> None:
        """Scan, and lay over the scan what is planned; a single untouched page may become a picture."""
        from assay.specimen.scan import scan as scanned
        from assay.specimen.scan import scan_image

        rng, source = desk.rng, sheets.data
        sheets.dpi = rng.choice((150, 200, 200, 200, 250, 300))
        if len(sheets.leaves) == 1 and not desk.plant and rng.random() < 0.3:
            sheets.form = rng.choice(("jpeg", "jpeg", "png"))
            severity = rng.choice((0.1, 0.3, 0.5))
            sheets.data = scan_image(source, rng, dpi=sheets.dpi, severity=severity, form=sheets.form)
            return
        when = datetime.combine(sort.day, time(11, rng.randrange(60)))
        made = scanned(
            source,
            rng,
            dpi=sheets.dpi,
            severity=rng.choice((0.0, 0.1, 0.3, 0.5, 0.7)),
            when=when,
            colour=rng.random() < 0.15,
        )
        sheets.data = made.pdf
        for change in sheets.changes:
            if change.box:
                change.box = made.moved(change.page, change.box)
        plant = desk.plant
        if not plant or plant.examination != "pdf.overlay":
            return
        try:
            if plant.twin:
                kind = rng.choice(("bates number", "text layer", "signature stamp"))
                if kind == "bates number":
                    altered = alter.stamp_bates(made.pdf, rng)
                elif kind == "text layer":
                    altered = alter.ocr_layer(made.pdf, rng, source=source, moved=made.moved)
                else:
                    altered = alter.e_sign_stamp(made.pdf, rng, signer=self.signer(desk), day=sort.day)
                sheets.data = altered.data
                sheets.changes.append(Change(plant.examination, kind, True, kind))
                if kind == "signature stamp":
                    sheets.pages[altered.page - 1] += f"\n{altered.after}"
                elif kind == "bates number":
                    first = altered.after
                    for index in range(len(sheets.pages)):
                        sheets.pages[index] += f"\n{first[:-7]}{int(first[-7:]) + index:07d}"
            else:
                page, box, before, text = self._amount(source, rng)
                altered = alter.patch_scan(
                    made.pdf, rng, page=page, box=made.moved(page, box), text=text, before=before
                )
                self._changed(sheets, plant, altered, "patch on a scan")
        except alter.CannotAlter:
            return
        self.plan.done(plant)

    def signer(self, desk: Desk) -> str:
        """Return a signer's name in Latin letters."""
        return desk.deal.supplier.signer.names["en"]

    def _revise(self, desk: Desk, sort: Sort, sheets: Sheets) -> None:
        """Append a revision: a changed amount, or as the innocent twin a note, a form field, a new title, a re-save."""
        plant, rng = desk.plant, desk.rng
        if plant is None:
            return
        later = datetime.combine(sort.day, time(16, rng.randrange(60)))
        try:
            if plant.twin:
                kind, change = rng.choice(
                    (
                        ("annotation", alter.annotate),
                        ("form field", alter.fill_form),
                        ("document information", alter.touch_metadata),
                        ("re-save", alter.resave),
                        ("annotation", alter.annotate),
                    )
                )
                sheets.data = change(sheets.data, rng, when=later).data
                sheets.changes.append(Change(plant.examination, kind, True, kind))
            else:
                page, _, before, _ = self._amount(sheets.data, rng)
                altered = alter.revise(sheets.data, rng, page=page, old=before, when=later)
                self._changed(sheets, plant, altered, "amount changed by a later revision")
        except alter.CannotAlter:
            return
        self.plan.done(plant)

    def _amount(self, source: bytes, rng: Random) -> tuple[int, Box, str, str]:
        """Choose an amount of money (grouped or with cents, so no register number) and another one as long."""
        places = [p for p in alter.amounts(source) if any(mark in p.text[1:-1] for mark in ",. \u00a0\u202f")]
        if not places:
            message = "no amount of money"
            raise alter.CannotAlter(message)
        place = rng.choice(places)
        plain = place.text.replace("\u00a0", " ").replace("\u202f", " ")
        return place.page, place.box, place.text, alter.changed(plain, rng)

    def _changed(self, sheets: Sheets, plant: Plant, altered: alter.Altered, kind: str) -> None:
        """Take over what an alteration of the bytes did: data, place, and the page's true text."""
        sheets.data = altered.data
        before, after = (text.replace("\u00a0", " ").replace("\u202f", " ") for text in (altered.before, altered.after))
        page = altered.page
        if page:
            sheets.pages[page - 1] = sheets.pages[page - 1].replace(before, after, 1)
        sheets.changes = [change for change in sheets.changes if not change.twin]
        sheets.changes.append(
            Change(plant.examination, kind, plant.twin, f"{before} -> {after}", page, altered.box, before, after)
        )

    def file(
        self,
        deal: Deal,
        desk: Desk,
        sort: Sort,
        sheets: Sheets,
        path: str,
        *,
        holder: Holder | None = None,
        people: Sequence[str] = (),
    ) -> str:
        """Put a paper and its truth into the cabinet, in the folder or in `holder`; return its path."""
        if sheets.form != "pdf":
            path = path.removesuffix(".pdf") + (".jpg" if sheets.form == "jpeg" else ".png")
        if holder is not None:
            name = holder.inner(path.rpartition("/")[2])
            holder.members.append((name, sheets.data))
            path = f"{holder.path}!/{name}"
        else:
            path = self.cabinet.free(path)
        how = "ocr" if sheets.scan else "text_layer"
        pages = tuple((text, desk.languages[0], how) for text in sheets.pages)
        filed = Filed(
            path,
            sort.kind,
            desk.languages,
            sheets.medium,
            sort.stage,
            pages,
            deal.key,
            sort.number,
            sort.day.isoformat() if sort.dated else "",
            {k: v for k, v in sort.at.items() if k in desk.languages},
            desk.template,
            None,
            sheets.dpi,
            tuple(dict.fromkeys([*self.named(deal, "\n".join(sheets.pages)), *people])),
        )
        self.cabinet.file(filed, sheets.data, on_disk=holder is None)
        for change in sheets.changes:
            self.note(change, path)
        if sheets.absent:
            self.cabinet.add(
                "missing",
                {"what": "page", "number": str(sheets.absent), "agreement": deal.key, "referenced_in": [path]},
            )
        return path

    def rescan(self, deal: Deal, desk: Desk, sort: Sort, sheets: Sheets, path: str, *, lost: int) -> str:
        """File a scan of a paper that is in the trove as it was born, without page `lost` unless 0; return its path."""
        leaves = [leaf for number, leaf in enumerate(sheets.leaves, start=1) if number != lost]
        data = pdf_of(leaves, desk.sheet, Imprint("scan", "", sort.day)) if lost else sheets.data
        made = Sheets(leaves, data, True, pages=[leaf.text for leaf in leaves], absent=lost)
        self._scan(desk, sort, made)
        if lost:
            made.changes.append(Change("set.gaps", "page missing", False, f"page {lost} is missing"))
            self.plan.done(Plant("set.gaps"))
        self.cabinet.paged += len(leaves)
        self.cabinet.scanned += len(leaves)
        return self.file(deal, desk, sort, made, path)

    def duplicate(self, original: str, path: str) -> str:
        """File the bytes of an exhibit again under another name; return the path."""
        return self.cabinet.again(original, self.cabinet.free(path))

    def note(self, change: Change, path: str) -> None:
        """Write an alteration or a twin down; a paper that is altered in any way is nobody's innocent twin."""
        if change.twin and path in self.altered:
            return
        if not change.twin and path not in self.altered:
            self.altered.add(path)
            self.cabinet.rows["twins"] = [row for row in self.cabinet.rows["twins"] if row["path"] != path]
        if change.twin:
            row = {"path": path, "examination": change.examination, "kind": change.kind, "why": change.detail}
            self.cabinet.add("twins", row)
            if change.examination == "set.gaps":
                self.plan.done(Plant("set.gaps", True))
            return
        box = list(change.box) if change.box else None
        self.cabinet.add(
            "alterations",
            {
                "path": path,
                "examination": change.examination,
                "kind": change.kind,
                "page": change.page,
                "box": box,
                "detail": change.detail,
            },
        )

    def named(self, deal: Deal, text: str) -> list[str]:
        """Return the keys of the parties, people, states, banks and newspapers that a text names."""
        keys = [firm.key for firm in (deal.supplier, deal.buyer) if any(alias in text for alias in firm.aliases)]
        keys += [key for key, person in self.world.people.items() if any(form in text for form in person.forms)]
        keys += [key for key, (_, _, forms) in self.world.others.items() if any(form in text for form in forms)]
        return keys

    def close(self, holder: Holder, day: date) -> bytes:
        """Return an archive's bytes."""
        return packed(dict(holder.members), day)


__all__ = ["SCANNED", "Change", "Filer", "Holder", "Planted", "Sheets", "Sort", "Write"]
