"""The coverage ledger: what became of every page, and sums that must agree at page, file, folder and trove level.

Purpose: nobody has to guess what was never read. Every page is read, failed or unread; every exhibit has pages, is a
container, or waits; every name under which something was met leads to an exhibit or to the reason why there is none.
Limits: an exhibit that occurs under several names is counted once, under the first of them. What waits to be opened
counts as one unread page until its pages are known. The ledger says what was read, not that it was read rightly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assay.custody.paths import all_paths
from assay.custody.unpack import only_holds
from assay.model import Exhibit, Occurrence, Page, PageState, Problem
from assay.store.store import Store
from assay.store.task import Task

STEP = "read"


@dataclass(frozen=True, slots=True)
class Counts:
    """Pages by what became of them: read + failed + unread = present."""

    read: int = 0
    failed: int = 0
    unread: int = 0

    @property
    def present(self) -> int:
        """All pages."""
        return self.read + self.failed + self.unread

    def plus(self, other: Counts) -> Counts:
        """Return the sum of two counts."""
        return Counts(self.read + other.read, self.failed + other.failed, self.unread + other.unread)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One page: how it was read, with which engine and part, or why it was not. `confidence` is 0 to 100 or None."""

    path: str
    exhibit: str
    media_type: str
    page: int
    state: str
    how: str
    engine: str
    part: str
    confidence: float | None
    characters: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """One exhibit. `kind` is paged, container or waiting; `also` are its further paths; `trouble` what was not done."""

    path: str
    also: tuple[str, ...]
    exhibit: str
    media_type: str
    size: int
    kind: str
    pages: Counts
    holds: int
    quarantined: tuple[str, ...]
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of the folder that was never taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and where it does not (empty: it holds)."""

    name: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole ledger; `folders` maps a folder's path to the sum over the files in it."""

    pages: tuple[PageLine, ...]
    files: tuple[FileLine, ...]
    refused: tuple[Refused, ...]
    folders: tuple[tuple[str, Counts], ...]
    trove: Counts
    checks: tuple[Check, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether every check holds."""
        return not any(check.faults for check in self.checks)


def counted(store: Store) -> Counts:
    """Return the trove's sum alone, which needs no paths."""
    states = Counter(str(page.state) for page in store.pages())
    waiting = sum(len(w) for w in _waiting(store).values())
    return Counts(states[PageState.READ], states[PageState.FAILED], states[PageState.UNREAD] + waiting)


def ledger(store: Store) -> Ledger:
    """Return the ledger of a case as it stands."""
    return _Writer(store).ledger()


def folder_of(path: str) -> str:
    """Return the folder, or the archive or mail, that a path lies in."""
    return path.rpartition("/")[0].removesuffix("!") or "."


@dataclass(slots=True)
class _Writer:
    store: Store
    pages: list[PageLine] = field(default_factory=list)
    files: list[FileLine] = field(default_factory=list)

    def ledger(self) -> Ledger:
        paths = all_paths(self.store)
        waiting = _waiting(self.store)
        quarantined = _quarantined(self.store)
        troubles: dict[str, list[str]] = {}
        refused = []
        exhibits = list(self.store.all(Exhibit))
        known = {e.digest for e in exhibits}
        for problem in self.store.all(Problem):
            if problem.about in known:
                where = f"page {problem.page}: " if problem.page else ""
                troubles.setdefault(problem.about, []).append(f"{problem.stage}: {where}{problem.message}")
            elif problem.stage == "receive":
                refused.append(Refused(problem.about, problem.message))
        holds = Counter(o.parent for o in self.store.all(Occurrence) if o.parent)
        by_exhibit: dict[str, list[Page]] = {}
        for page in self.store.pages():
            by_exhibit.setdefault(page.exhibit, []).append(page)
        for exhibit in exhibits:
            found = by_exhibit.get(exhibit.digest, [])
            self._file(
                exhibit,
                paths.get(exhibit.digest, (exhibit.digest,)),
                found,
                waiting.get(exhibit.digest, ()),
                holds[exhibit.digest],
                quarantined.get(exhibit.digest, ()),
                troubles.get(exhibit.digest, ()),
            )
        self.files.sort(key=lambda f: (f.path, f.exhibit))
        self.pages.sort(key=lambda p: (p.path, p.exhibit, p.page))
        folders: dict[str, Counts] = {}
        for file in self.files:
            name = folder_of(file.path)
            folders[name] = folders.get(name, Counts()).plus(file.pages)
        trove = counted(self.store)
        return Ledger(
            tuple(self.pages), tuple(self.files), tuple(sorted(refused, key=lambda r: r.path)),
            tuple(sorted(folders.items())), trove, tuple(self._checks(folders, trove, by_exhibit)),
        )  # fmt: skip

    def _file(
        self, exhibit: Exhibit, paths: tuple[str, ...], found: list[Page], waiting: Iterable[int], holds: int,
        quarantined: tuple[str, ...], trouble: Iterable[str],
    ) -> None:  # fmt: skip
        lines = [
            PageLine(
                paths[0],
                exhibit.digest,
                exhibit.media_type,
                page.number,
                str(page.state),
                page.how,
                page.engine,
                f"{page.part}@{page.version}",
                page.confidence,
                len(page.text),
                page.reason,
            )
            for page in found
        ]
        lines += [
            PageLine(
                paths[0],
                exhibit.digest,
                exhibit.media_type,
                number,
                "unread",
                "",
                "",
                "",
                None,
                0,
                "waiting to be read" if number else "waiting to be opened: how many pages it has is not known yet",
            )
            for number in waiting
        ]
        states = Counter(line.state for line in lines)
        kind = "paged" if lines else "container" if only_holds(exhibit.media_type) else "waiting"
        self.pages += lines
        self.files.append(
            FileLine(
                paths[0], paths[1:], exhibit.digest, exhibit.media_type, exhibit.size, kind,
                Counts(states["read"], states["failed"], states["unread"]), holds, quarantined, tuple(trouble),
            )
        )  # fmt: skip

    def _checks(self, folders: dict[str, Counts], trove: Counts, stored: dict[str, list[Page]]) -> Iterator[Check]:
        """Yield the checks. Lines, files, folders and the store's own count are summed apart from each other."""
        states = Counter(line.state for line in self.pages)
        own = Counts(states["read"], states["failed"], states["unread"])
        strange = [f"{p.path}, page {p.page}: {p.state}" for p in self.pages if p.state not in set(PageState)]
        yield Check("every page is read, failed or unread", tuple(strange))
        yield Check("the pages of each file run from 1 to its last, each once", tuple(self._gaps()))
        by_file, by_folder = Counts(), Counts()
        for file in self.files:
            by_file = by_file.plus(file.pages)
        for counts in folders.values():
            by_folder = by_folder.plus(counts)
        levels = (("files", by_file), ("folders", by_folder), ("trove", trove))
        yield Check(
            "pages, files, folders and trove have the same sums",
            tuple(f"pages give {own}, {name} give {sums}" for name, sums in levels if sums != own),
        )
        listed = {f.exhibit for f in self.files}
        lost = sorted({o.exhibit for o in self.store.all(Occurrence)} - listed - _to_open(self.store))
        lost += sorted(set(stored) - listed)
        yield Check("every name that was met leads to a file of this ledger", tuple(f"{d} is not in it" for d in lost))
        twice = [digest for digest, count in Counter(f.exhibit for f in self.files).items() if count > 1]
        yield Check("every file stands in it once", tuple(f"{digest} stands twice" for digest in sorted(twice)))

    def _gaps(self) -> Iterator[str]:
        numbers: dict[tuple[str, str], list[int]] = {}
        for line in self.pages:
            numbers.setdefault((line.path, line.exhibit), []).append(line.page)
        for (path, _), found in numbers.items():
            if found == [0]:
                continue  # not opened yet
            counts = Counter(found)
            yield from (f"{path}, page {n}: stands {c} times" for n, c in sorted(counts.items()) if c > 1)
            missing = [n for n in range(1, max(found) + 1) if n not in counts]
            if missing:
                yield f"{path}: of {max(found)} pages {len(missing)} are missing, the first is page {missing[0]}"
            if min(found) < 1:
                yield f"{path}: a page has the number {min(found)}"


def _waiting(store: Store) -> dict[str, tuple[int, ...]]:
    """Return for each exhibit the pages that tasks of reading still wait for; 0 stands for an exhibit not opened."""
    found: dict[str, list[int]] = {}
    for _, task in store.todo(STEP, 1 << 30):
        numbers = range(task.first, task.last + 1) if task.first else (0,)
        found.setdefault(task.subject, []).extend(numbers)
    return {subject: tuple(numbers) for subject, numbers in found.items()}


def _to_open(store: Store) -> set[str]:
    return {task.subject for _, task in store.todo("receive", 1 << 30)}


def _quarantined(store: Store) -> dict[str, tuple[str, ...]]:
    """Return for each exhibit the tasks that were given up: the stage, with its pages or parts."""
    found: dict[str, list[str]] = {}
    for task in store.quarantined():
        found.setdefault(task.subject, []).append(_named(task))
    return {subject: tuple(names) for subject, names in found.items()}


def _named(task: Task) -> str:
    if task.first:
        pages = f"page {task.first}" if task.first == task.last else f"pages {task.first} to {task.last}"
        return f"{task.stage}, {pages}"
    return f"{task.stage}: {', '.join(task.parts)}" if task.parts else task.stage
