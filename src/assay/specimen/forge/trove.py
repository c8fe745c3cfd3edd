"""The trove of alterations: each kind in each language, altered and as its innocent twin, with the truth.

Folders are numbered and shuffled, so that no name tells what is in them. `truth.json` has the specimen's shape;
`about` in its alterations and twins lists all exhibits that a finding may speak of, `fact` marks kinds whose
examination carries no weight, and "kinds" in its head lists what was made and what could not be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from assay.model.errors import Usage
from assay.specimen.alter import CannotAlter
from assay.specimen.fiction import World
from assay.specimen.forge import content, office, revised, scans, sets, signed, structure
from assay.specimen.forge.bench import Bench
from assay.specimen.forge.kind import BORN, IMAGE, SCAN, Kind, Made
from assay.specimen.trove import NOTICE, VERSION
from assay.specimen.truth import Cabinet, Filed

KINDS: tuple[Kind, ...] = (
    *revised.KINDS, *structure.KINDS, *scans.KINDS, *office.KINDS, *signed.KINDS, *content.KINDS, *sets.KINDS,
)  # fmt: skip
"""Every kind of alteration. One line in a module's `KINDS` adds one."""

LANGUAGES = ("ru", "zh", "en")
_TRIES = 10
_HOW = {BORN: "text_layer", SCAN: "ocr", IMAGE: "ocr"}
Progress = Callable[[int, int], None]


def forge(
    folder: Path,
    seed: int,
    *,
    kinds: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
    progress: Progress | None = None,
) -> Path:
    """Make a trove of alterations and innocent twins in `folder` and return the path of its truth.json.

    `kinds` are names or examination ids, all when empty. The same arguments give the same bytes. Raises `Usage` for a
    folder that holds something, an unknown kind or language, `MissingProgram` when fonts are missing.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise Usage(
            f"{folder} is not empty: a trove is made in a new folder.", hint="Name a folder that does not exist."
        )
    chosen = [k for k in KINDS if not kinds or k.name in kinds or k.examination in kinds]
    unknown = [k for k in kinds if not any(k in (one.name, one.examination) for one in KINDS)]
    if unknown:
        known = ", ".join(sorted({k.examination for k in KINDS if k.examination}))
        raise Usage(f"No kind of alteration is called {unknown[0]!r}.", hint=f"Name one of: {known}.")
    strange = [language for language in languages if language not in (*LANGUAGES, "uk")]
    if strange:
        raise Usage(f"No papers are written in {strange[0]!r}.", hint="Name ru, uk, zh or en.")
    return _Maker(folder, seed, chosen, languages, progress).run()


class _Maker:
    def __init__(
        self, folder: Path, seed: int, kinds: Sequence[Kind], languages: Sequence[str], progress: Progress | None
    ) -> None:
        self.cabinet, self.world, self.seed = Cabinet(folder), World(seed), seed
        self.kinds, self.languages, self.progress = kinds, languages, progress
        self.deals = 0

    def run(self) -> Path:
        jobs = [(k, language, twin) for k in self.kinds for language in self.languages for twin in (False, True)]
        places = list(range(1, len(jobs) + 1))
        Random(f"assay-forge/{self.seed}/places").shuffle(places)
        rows: list[dict[str, Any]] = []
        for done, ((kind, language, twin), place) in enumerate(zip(jobs, places, strict=True), start=1):
            made = self._made(kind, language, twin)
            if made is not None:
                self._file(kind, language, twin, made, place)
            row = {"kind": kind.name, "examination": kind.examination or None, "medium": kind.medium}
            rows.append({**row, "language": language, "twin": twin, "made": made is not None})
            if self.progress:
                self.progress(done, len(jobs))
        head = {"seed": self.seed, "pages": self.cabinet.pages, "version": VERSION, "notice": NOTICE}
        return self.cabinet.close({**head, "scored": ["pages", "examinations", "missing"], "kinds": rows})

    def _made(self, kind: Kind, language: str, twin: bool) -> Made | None:
        """Make one piece; a paper that has no place for the alteration is drawn again, a few times."""
        for attempt in range(_TRIES):
            rng = Random(f"assay-forge/{self.seed}/{kind.name}/{language}/{twin}/{attempt}")
            bench = Bench(self.world, language, rng, self.deals)
            try:
                return (kind.twin if twin else kind.make)(bench)
            except CannotAlter:
                continue
            finally:
                self.deals = bench.next_deal
        return None

    def _file(self, kind: Kind, language: str, twin: bool, made: Made, place: int) -> None:
        cabinet, paths = self.cabinet, []
        for file in made.files:
            path = cabinet.free(f"{place:04d}/{file.name}")
            how = _HOW.get(file.medium, "parser")
            pages = tuple((text, language, how) for text in file.pages)
            cabinet.file(
                Filed(path, file.sort, (language,), file.medium, file.stage, pages, None, file.number, file.date),
                file.data,
            )
            paths.append(path)
            for what, number in file.missing:
                cabinet.add("missing", {"what": what, "number": number, "agreement": None, "referenced_in": [path]})
        about = [paths[index] for index in made.about]
        for what, number in made.missing:
            cabinet.add("missing", {"what": what, "number": number, "agreement": None, "referenced_in": about})
        if twin:
            row = {"path": about[0], "examination": kind.examination, "kind": kind.innocent, "why": made.detail}
            if kind.examination:
                cabinet.add("twins", {**row, "of": kind.name, "about": about})
            return
        box = list(made.box) if made.box else None
        planted: dict[str, Any] = {"path": about[0], "examination": kind.examination or None, "kind": kind.name}
        planted |= {"page": made.page, "box": box, "detail": made.detail, "about": about, "fact": kind.fact}
        cabinet.add("alterations", planted)
