"""The trove: deal after deal, until the pages asked for are there; then the truth is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from assay.model.errors import Usage
from assay.specimen.dossier import Dossier
from assay.specimen.fiction import World
from assay.specimen.filing import Filer
from assay.specimen.plan import Plan
from assay.specimen.pressfile import cover
from assay.specimen.truth import Cabinet

VERSION = "1"
NOTICE = "Fictional specimen: no state, firm, person or event in it is real."
Progress = Callable[[int, int], None]


class Maker:
    """Makes one trove."""

    def __init__(self, folder: Path, pages: int, seed: int, progress: Progress | None) -> None:
        """Open the cabinet and the world."""
        self.cabinet = Cabinet(folder)
        self.world = World(seed)
        self.filer = Filer(self.cabinet, self.world, Plan())
        self.wanted, self.seed, self.progress = pages, seed, progress
        self.dossiers: list[Dossier] = []

    def run(self) -> Path:
        """Make deals until the trove is nearly full, then single pages to fill it; write the truth."""
        index = largest = 0
        while not index or self.left > max(largest * 0.9, 24):
            before = self.cabinet.pages
            dossier = self.open(index, 1.0 if self.wanted >= 100 else 0.3)
            dossier.make()
            cover(dossier)
            largest = max(largest, self.cabinet.pages - before)
            index += 1
            self.told()
        while self.left > 16:
            self.open(index, 0.3).brief()
            index += 1
            self.told()
        rng = Random(f"assay-specimen/{self.seed}/fill")
        while self.left > 0:
            dossier = rng.choice(self.dossiers)
            rng.choice((dossier.query, dossier.text, dossier.minutes) if self.left > 2 else (dossier.query,))()
            self.told()
        for dossier in self.dossiers:
            dossier.truth()
        self.parties()
        head = {"seed": self.seed, "pages": self.cabinet.pages, "version": VERSION, "notice": NOTICE}
        return self.cabinet.close(head)

    def open(self, index: int, scale: float) -> Dossier:
        """Open the dossier of the next deal; the truth of an old one is written, so that memory does not grow."""
        prefix = f"assay-specimen/{self.seed}/{index}"
        dossier = Dossier(self.filer, self.world.deal(index, scale), Random(prefix), prefix)
        self.dossiers.append(dossier)
        if len(self.dossiers) > 8:
            self.dossiers.pop(0).truth()
        return dossier

    def parties(self) -> None:
        """Write down every party, person and state that the trove names."""
        mentions = self.cabinet.mentions
        for key, firm in self.world.firms.items():
            numbers = [{"scheme": scheme, "value": value} for scheme, value in firm.identifiers]
            self.party(key, "organisation", firm.names, list(firm.aliases), numbers)
        for key, person in self.world.people.items():
            self.party(key, "person", person.names, list(person.forms), [])
        for key, (kind, names, forms) in self.world.others.items():
            if key in mentions:
                self.party(key, kind, names, list(forms), [])

    def party(
        self, key: str, kind: str, names: dict[str, str], aliases: list[str], numbers: list[dict[str, str]]
    ) -> None:
        """Write down one party."""
        exhibits = list(dict.fromkeys(self.cabinet.mentions.get(key, [])))
        if exhibits:
            self.cabinet.add(
                "parties",
                {
                    "key": key,
                    "kind": kind,
                    "names": names,
                    "aliases": list(dict.fromkeys(aliases)),
                    "identifiers": numbers,
                    "exhibits": exhibits,
                },
            )

    @property
    def left(self) -> int:
        """Pages still to make."""
        return self.wanted - self.cabinet.pages

    def told(self) -> None:
        """Tell how far it is."""
        if self.progress:
            self.progress(min(self.cabinet.pages, self.wanted), self.wanted)


def make(folder: Path, pages: int, seed: int, progress: Progress | None = None) -> Path:
    """Make a fictional trove of `pages` pages in `folder` and return the path of its truth.json.

    `folder/trove/` holds the exhibits. The same pages and seed give the same bytes, given the same libraries and fonts.
    `progress(done, wanted)` is called now and then. Raises `Usage` for a folder that holds something or a number of
    pages outside 40..20000, `MissingProgram` when no font for a script is installed.
    """
    if not 40 <= pages <= 20000:
        message = f"A specimen has 40 to 20000 pages, not {pages}."
        raise Usage(message)
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} is not empty: a specimen is made in a new folder."
        raise Usage(message, hint="Name a folder that does not exist yet.")
    return Maker(folder, pages, seed, progress).run()


__all__ = ["Maker", "make"]
