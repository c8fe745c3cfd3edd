"""A case: every verb of assay in one class, and the ordered list of the rooms that a run goes through."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeVar

from assay.custody.paths import all_paths
from assay.custody.receive import present, receive
from assay.custody.verify import Verification, verify
from assay.custody.vouch import Vouched, vouched
from assay.examine.hypotheses import KEYS, MARKS, Matrix, decision, matrix
from assay.examine.stage import redoing
from assay.model import (
    Agreement,
    Correction,
    Exhibit,
    Finding,
    Image,
    Judgement,
    Page,
    Party,
    Problem,
    Record,
    Rendition,
    Voucher,
)
from assay.model.errors import PublicationRefused, Usage
from assay.publish import builtin, images, views
from assay.publish.compose import compose
from assay.publish.images import Wanted, cited, every_page, to_lay_out
from assay.publish.publish import Published, issue, released
from assay.publish.reports import write_reports
from assay.read import office_pages
from assay.read.correct import Word, pending
from assay.read.coverage import Counts, Ledger, counted, ledger
from assay.store.rows import sound, to_row
from assay.store.store import Store
from assay.store.task import Task
from assay.work.executor import Executor, Finished, Inline
from assay.work.part import Exporter, load
from assay.work.processes import Processes
from assay.work.run import Progress, Step, run_stage
from assay.work.stage import Settings, Stage
from assay.work.worker import stages_of

R = TypeVar("R", bound=Record)

ROOMS = (
    "assay.custody.stage",
    "assay.read.stage",
    "assay.read.correct",
    "assay.examine.stage",
    "assay.extract.stage",
    "assay.resolve.stage",
    "assay.ledger.stage",
    "assay.read.office_pages",
    "assay.publish.images",
)
"""The rooms that hold stages, in the order in which data flows."""

VERBS = ("receive", "read", "examine", "extract", "resolve", "weigh")
"""The stages as a user names them: `examine` covers `examine`, `examine.set.gaps`, `examine.axes` and so on."""

PASSING = frozenset({"crashed", "hung", "limit", "missing_program"})
"""Categories of problems whose cause may have passed by the time that somebody asks for another try."""


def _silent(step: Step) -> None:
    """Say nothing."""


def _aloud(text: str) -> None:
    """Say on standard error what the user must know once: a wall that is lacking, a call that a worker was refused."""
    print(f"assay: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a run is done: `executor` is processes or inline, `jobs` how many workers (0: one per core).

    `retry`: what was given up, or refused for a cause that may have passed, is tried once more, with larger limits.
    """

    executor: str = "processes"
    jobs: int = 0
    source: str = "unnamed source"
    retry: bool = False
    settings: Settings = field(default_factory=Settings)
    progress: Callable[[Step], None] = _silent
    notice: Callable[[str], None] = _aloud


class Case:
    """One investigation in one folder. Use as a context manager; `Case.open(path).run([folder])` does the whole job."""

    def __init__(self, store: Store, *, writable: bool) -> None:
        """Use `open` instead."""
        self.store = store
        self._writable = writable

    @classmethod
    def open(cls, folder: Path | str, *, make: bool = True, write: bool = True) -> Self:
        """Open the case in `folder`; with `make`, an empty one where there is none.

        Raises `Usage`, `StoreFault`.
        """
        store = Store.open(Path(folder), write=write, make=make and write)
        clock = os.environ.get("ASSAY_CLOCK")
        if clock:
            store.clock = lambda: clock
        return cls(store, writable=write)

    def close(self) -> None:
        """Close the case."""
        self.store.close()

    def __enter__(self) -> Self:
        """Return the case itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # ---- the run

    def run(self, folders: Iterable[Path | str], how: RunSettings | None = None, verbs: Iterable[str] = VERBS) -> None:
        """Receive `folders`, then do all that is missing of the stages `verbs`, in order; take up what was interrupted.

        Raises `Usage` for a folder that is not there, `StoreFault` when the case cannot be written (nothing is lost).
        """
        how = how or RunSettings()
        handed = [Path(folder) for folder in folders]
        for folder in handed:
            present(folder, self.store.folder)
        self.store.blobs.sweep()
        for folder in handed:
            receive(self.store, folder, how.source)
        wanted = set(verbs)
        if how.retry:
            self.store.retry(PASSING)
        how = self._settled(how)
        executor = self._executor(how)
        try:
            earlier: list[str] = []
            for stage in stages():
                verb = stage.name.partition(".")[0]
                # What somebody asked for beside the job (pictures, layouts) is taken up with the whole job only.
                if verb in wanted or (wanted >= set(VERBS) and verb not in VERBS):
                    run_stage(stage, self.store, executor, how.settings, tuple(earlier), how.progress)
                earlier.append(stage.name)
        finally:
            executor.close()

    def _settled(self, how: RunSettings) -> RunSettings:
        """Return the settings with what the case itself adds to them."""
        return replace(how, settings=replace(how.settings, vouchers=tuple(self.store.all(Voucher))))

    def _executor(self, how: RunSettings) -> Executor:
        if how.executor == "inline":
            return Inline(self.store, how.settings)
        if how.executor == "processes":
            jobs = how.jobs or len(os.sched_getaffinity(0))
            return Processes(self.store, how.settings, ROOMS, jobs, notice=how.notice)
        raise Usage(f"there is no executor {how.executor}", hint="Use processes or inline.")

    # ---- looking

    def records(self, kind: type[R]) -> Iterator[R]:
        """Yield every standing record of `kind`."""
        return self.store.all(kind)

    def agreements(self) -> list[Agreement]:
        """Return the agreements."""
        return list(self.store.all(Agreement))

    def parties(self) -> list[Party]:
        """Return the parties."""
        return list(self.store.all(Party))

    def problems(self) -> list[Problem]:
        """Return what could not be done."""
        return list(self.store.all(Problem))

    def coverage(self) -> Counts:
        """Return how many pages were read, failed, and are unread; pages of tasks not yet done count as unread."""
        return counted(self.store)

    def ledger(self) -> Ledger:
        """Return what became of every page and file, with sums and the checks that they agree."""
        return ledger(self.store)

    def show(self, record_id: str) -> Record:
        """Return the record with that id or unambiguous beginning of one; raise `Usage` when there is none."""
        record = self.store.get(record_id) if len(record_id) >= 6 else None
        if record is None:
            raise Usage(
                f"nothing in this case has the id {record_id}, or more than one record has",
                hint="Give at least the first 8 digits of an id, or a path as assay show CASE --coverage lists it.",
            )
        return record

    def found(self, name: str) -> Record:
        """Return the exhibit that was met under the path `name`, else the record whose id begins so; raise `Usage`."""
        for digest, paths in all_paths(self.store).items():
            if name in paths:
                return next(iter(self.store.of(Exhibit, digest)))
        return self.show(name)

    def reproduce(self, finding_id: str, how: RunSettings | None = None) -> tuple[bool, tuple[Finding, ...]]:
        """Make a finding again from the exhibit's bytes; return whether it came out the same, and what came out.

        Nothing is stored. Raises `Usage` when its examination is not here in the version that made it.
        """
        finding = self.show(finding_id)
        if not isinstance(finding, Finding):
            raise Usage(f"{finding_id} is no finding", hint="assay report, or assay show CASE EXHIBIT, lists findings.")
        stage, task = redoing(finding)
        executor = self._executor(self._settled(replace(how or RunSettings(), jobs=1)))
        try:
            executor.submit(stage, task)
            answers = executor.collect()
        finally:
            executor.close()
        answer = answers[0][1] if answers else None
        if not isinstance(answer, Finished):
            reason = answer.message if answer else "no worker answered"
            raise Usage(f"the examination did not finish: {reason}", hint="Try again with more memory or time.")
        made = [sound(row) for row in answer.answer.rows]
        found = tuple(f for f in made if isinstance(f, Finding) and f.exhibit == finding.exhibit)
        return any(f.id == finding.id for f in found), found

    def verify(self) -> Verification:
        """Check every byte, link, record and quote."""
        return verify(self.store)

    def publish(self, folder: Path, title: str = "Edition", how: RunSettings | None = None) -> Published:
        """Write an edition into `folder`: the gate first, then the pictures, then the site.

        Raises `publish.Refused` with the sentences that stop it.
        """
        waiting = pending(self.store)
        if waiting:
            raise PublicationRefused(
                f"{len(waiting)} exhibits were corrected by a person, and what rests on them was not redone",
                hint=f"Run it first: assay run --case {self.store.folder}",
            )
        edition = released(self.store, folder, title)
        self.lay_out(to_lay_out(edition, self.store), how)
        self.draw(cited(edition, self.store), how)
        return issue(self.store, folder, edition)

    def report(self, folder: Path, exhibits: tuple[str, ...] = (), how: RunSettings | None = None) -> Path:
        """Write a report on each document (all, or `exhibits` by digest) into `folder`; return its index.

        Unlike an edition it passes no gate and names files: it is for those who work on the case.
        """
        chosen = exhibits or tuple(e.digest for e in self.store.all(Exhibit))
        self.draw([*cited(compose(self.store), self.store), *views.wanted(self.store, chosen)], how)
        return write_reports(self.store, folder, exhibits)

    def hypotheses(self) -> Matrix:
        """Return the findings against the rival hypotheses, with the marks that persons set."""
        return matrix(self.store)

    def lay_out(self, exhibits: Iterable[str], how: RunSettings | None = None) -> None:
        """Lay office documents out as leaves, as far as LibreOffice is here and it was not done yet."""
        types = {e.digest: e.media_type for e in self.store.all(Exhibit)}
        wanted = [digest for digest in sorted(set(exhibits)) if office_pages.can(types.get(digest, ""))]
        self._ask(office_pages.STEP, [office_pages.task(self.store, digest) for digest in wanted], how)

    def draw(self, wanted: Iterable[Wanted], how: RunSettings | None = None) -> None:
        """Draw pictures of pages, each once; what cannot be drawn is a problem in the list."""
        how = how or RunSettings()
        self._ask(images.STEP, list(images.tasks(self.store, wanted, how.settings)), how)

    def picture(self, wanted: Wanted, how: RunSettings | None = None) -> tuple[Image, bytes]:
        """Return a page's picture, drawn now if it is not there yet.

        Raises `Usage` when there is no such page or it cannot be drawn.
        """
        kind = next((e.media_type for e in self.store.of(Exhibit, wanted.exhibit)), "")
        there = {p.number for p in self.store.of(Page, wanted.exhibit) if p.kind in images.PICTURED}
        drawn = wanted
        if kind in office_pages.SUFFIXES:
            self.lay_out([wanted.exhibit], how)
            for laid in self.store.of(Rendition, wanted.exhibit):
                drawn, there = replace(wanted, exhibit=laid.document), set(range(1, 1 + laid.leaves))
        if wanted.page in there:
            self.draw([drawn], how)
        form = images.FORMS[wanted.form]
        for image in self.store.of(Image, drawn.exhibit):
            if (image.page, image.dpi, image.media_type) == (drawn.page, drawn.dpi, form):
                return image, self.store.blob(image.picture)
        why = [p for p in self.store.of(Problem, wanted.exhibit) if p.stage == "publish" and p.page in (0, wanted.page)]
        said = why[-1].message if why else f"{len(there)} pages of it have a picture here ({kind})"
        raise Usage(f"page {wanted.page} cannot be drawn: {said}", hint="assay show CASE --coverage lists the pages.")

    def _ask(self, step: str, tasks: list[Task], how: RunSettings | None) -> None:
        """Do tasks that nothing plans, because somebody asks for what they make."""
        if not tasks:
            return
        how = how or RunSettings()
        executor = self._executor(how)
        stage = replace(next(s for s in stages() if s.name == step), plan=lambda *_: tasks)
        try:
            run_stage(stage, self.store, executor, how.settings, (), how.progress)
        finally:
            executor.close()

    def export(self, to: str, folder: Path, how: RunSettings | None = None) -> list[str]:
        """Write the case in the form `to` into `folder`, new or empty; return the names of the files."""
        exporters = _exporters()
        if to not in exporters:
            raise Usage(f"there is no exporter {to}", hint="There are: " + ", ".join(exporters) + ".")
        if folder.exists() and any(folder.iterdir()):
            raise Usage(f"{folder} is not empty", hint="Name a new folder: nothing is overwritten.")
        if exporters[to].draws:
            self.draw(list(every_page(self.store, exporters[to].draws)), how)
        folder.mkdir(parents=True, exist_ok=True)
        return list(exporters[to].export(self.store, folder))

    # ---- a person's word

    def judge(self, about: tuple[str, ...], decision: str, person: str, note: str = "") -> Judgement:
        """Log a person's decision on records; it outranks every program at the next run."""
        judgement = Judgement(about, decision, person, note, self.store.clock())
        for record_id in about:
            self.show(record_id)
        with self.store.transaction():
            row = to_row(judgement)
            if self.store.insert([row]):
                self.store.append("judged", about[0] if about else "", "", {"record": row.id, "person": person})
        return judgement

    def mark(self, finding_id: str, key: str, mark: str, person: str, note: str = "") -> Judgement:
        """Log a person's mark (CC, C, N, I, II) of a finding against the hypothesis `key`; raise `Usage`."""
        finding = self.show(finding_id)
        if not isinstance(finding, Finding):
            raise Usage(f"{finding_id} is no finding", hint="assay hypotheses CASE lists the findings.")
        try:
            decided = decision(key, mark)
        except ValueError as error:
            keys, marks = ", ".join(KEYS), ", ".join(MARKS)
            raise Usage(str(error), hint=f"Hypotheses: {keys}. Marks: {marks}.") from error
        return self.judge((finding.id,), decided, person, note)

    def name_hypothesis(self, key: str, name: str, person: str) -> Judgement:
        """Log a person's wording of the hypothesis `key`: what a hypothesis is called is a person's to say."""
        if key not in KEYS or not name.strip():
            raise Usage(f"there is no hypothesis {key}, or no name was given", hint=f"There are: {', '.join(KEYS)}.")
        return self.judge((), f"name {key}", person, name.strip())

    def correct(self, made: Callable[[Store, Word], Correction], person: str, note: str = "") -> Correction:
        """Log a person's reading of a page, which `made` works out (`read.correct.typed`, `taken` or `undone`).

        The next run redoes all that rests on that page. Raises `Usage`.
        """
        correction = made(self.store, Word(person, note, self.store.clock()))
        with self.store.transaction():
            if self.store.insert([to_row(correction)]):
                detail = {
                    "record": correction.id,
                    "page": correction.page,
                    "person": person,
                    "origin": correction.origin,
                }
                self.store.append("corrected", correction.exhibit, "", detail)
        return correction

    def exhibit(self, name: str) -> str:
        """Return the digest of the exhibit with that path or beginning of a digest; raise `Usage` when none has it."""
        found = {digest for digest, paths in all_paths(self.store).items() if name in paths}
        if not found:
            record = self.show(name)
            if isinstance(record, Exhibit):
                return record.digest
        if len(found) != 1:
            raise Usage(f"{name} names {len(found) or 'no'} exhibits", hint="Give the first 8 digits of its SHA-256.")
        return found.pop()

    def vouch(self, folder: Path, person: str) -> Vouched:
        """Log the certificates, revocation lists and archived keys in `folder` that a person vouches for.

        Signatures are judged by them at the next run. Raises `Usage` when the folder is not there.
        """
        found = vouched(folder)
        with self.store.transaction():
            for voucher in found.vouchers:
                if not self.store.has(Voucher, voucher.id) and self.store.insert([to_row(voucher)]):
                    self.store.append("vouched", voucher.name, "", {"record": voucher.id, "person": person})
        return found


def draws(to: str) -> bool:
    """Tell whether an export in the form `to` draws pictures, for which the case must be writable."""
    exporters = _exporters()
    return to in exporters and exporters[to].draws > 0


def _exporters() -> dict[str, Exporter]:
    return {part.name: part for part in (load(path, Exporter) for path in builtin)}


def stages() -> tuple[Stage, ...]:
    """Return every stage of the run, in order."""
    return tuple(stages_of(ROOMS).values())


__all__ = ["ROOMS", "VERBS", "Case", "Counts", "Ledger", "Progress", "RunSettings", "Step", "draws", "stages"]
