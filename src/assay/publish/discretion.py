"""What an edition keeps to itself: names of files, and what files tell of the people who handled them.

Purpose: a folder's name, a program's user or a clock can lead to the person who handed a trove over. Limits: it knows
names of files and folders and the examinations listed here; what stands in the documents themselves is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assay.custody.paths import all_paths
from assay.examine.decisions import decisions
from assay.examine.policy import belongs
from assay.model import Finding, Judgement, Trove

HANDLING = (
    "set.network", "set.tz", "ooxml.rsid", "ooxml.time", "ooxml.zip", "ole.props", "mail.chain", "img.exif",
    "pdf.dates", "pdf.writer", "file.type",
)  # fmt: skip
"""Examinations whose findings tell of authors, devices, clocks and programs: left out until a person accepts one."""

_QUOTED = re.compile("“([^“”]+)”")
_ENDING = re.compile(r"\.[A-Za-z]\w{1,4}$")
_FILE = re.compile(r"[^\s;,:“”()][^;,:“”()]*\.[A-Za-z]\w{1,4}(?=[;,.)\s]|$)")
_LEAST = 4
_CUT = 12


class Discretion:
    """What is withheld from an edition of one case, and how names of files are put in other words."""

    def __init__(self, trove: Trove, labels: dict[str, str]) -> None:
        """Know the names of `trove`; `labels` are what documents are called in the edition."""
        self._labels: dict[str, str] = {}
        for digest, paths in all_paths(trove).items():
            label = labels.get(digest, f"exhibit {digest[:8]}")
            for path in paths:
                for name in (path, *_tails(path)):
                    if len(name) >= _LEAST:
                        self._labels.setdefault(name, label)
        decided = decisions(trove.all(Judgement))
        self._accepted = {record for record, decision in decided.items() if decision == "accept"}

    def withheld(self, finding: Finding) -> bool:
        """Whether a finding stays with the case: it tells of who handled the file, and no person accepted it."""
        return belongs(finding.part, HANDLING) and finding.id not in self._accepted

    def public(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that may be shown."""
        return [finding for finding in findings if not self.withheld(finding)]

    def unnamed(self, text: str) -> str:
        """Return a sentence of the program's with each quoted name of a file replaced by its document's label."""
        return _QUOTED.sub(lambda found: self._label(found[1]) or found[0], text)

    def nameless(self, remark: str) -> str:
        """Return a reader's remark on a page with every file's name in it replaced, known ones by their label.

        A remark names files without quotation marks: what looks like a file's name and is not known becomes “a file”.
        """
        for name in sorted((n for n in self._labels if _ENDING.search(n) and n in remark), key=len, reverse=True):
            remark = remark.replace(name, self._labels[name])
        return _FILE.sub("a file", remark)

    def _label(self, quoted: str) -> str:
        if quoted in self._labels:
            return self._labels[quoted]
        beginning = quoted.removesuffix("…").rstrip()
        if beginning == quoted or len(beginning) < _CUT:
            return ""
        return next((label for name, label in self._labels.items() if name.startswith(beginning)), "")


def _tails(path: str) -> Iterable[str]:
    """Yield the ends of a path that a sentence may quote: the member's own path, and the name alone."""
    inner = path.rpartition("!/")[2]
    yield inner
    yield inner.rpartition("/")[2]
