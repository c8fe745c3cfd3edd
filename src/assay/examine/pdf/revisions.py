"""The states that one PDF file was saved in: each incremental update appends to the bytes of the state before.

Limits: only states whose bytes are still there are seen; a full rewrite leaves one. Source: ISO 32000-2, 7.5.6
(incremental updates) and annex F (linearised files, whose first section is not a state of its own).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_CHAIN = 100_000
"""More cross-reference sections than this are not followed."""

_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF(?:\r\n|\n|\r)?")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})")
_STREAM_HEAD = re.compile(rb"\s*\d+\s+\d+\s+obj")
_WINDOW = 65_536
_SLACK = 24


class ChainBroken(Exception):
    """The chain of cross-reference sections cannot be followed; the message says where."""


@dataclass(frozen=True, slots=True)
class Revisions:
    """`ends` are the byte offsets at which each saved state ends, first to last; `trailing` bytes follow the last."""

    ends: tuple[int, ...]
    trailing: int

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self.ends)


def revisions(data: bytes) -> Revisions:
    """Return where each saved state of a PDF file ends.

    A state counts only when its `startxref` is a link of the last state's chain, so that a PDF embedded in
    another one, or the first section of a linearised file, is not mistaken for a state. Raises `ChainBroken`.
    """
    head = max(0, data[:1024].find(b"%PDF-"))
    marks = [(int(m.group(1)), m.end()) for m in _END.finditer(data)]
    if not marks:
        message = "no end mark (startxref … %%EOF) stands in the file"
        raise ChainBroken(message)
    if len({offset for offset, _ in marks if offset}) == 1:
        return Revisions((marks[-1][1],), len(data) - marks[-1][1])
    chain = _chain(data, head, marks[-1][0])
    ends: list[int] = []
    seen: set[int] = set()
    for offset, end in marks:
        if offset in chain and offset not in seen and head + offset < end:
            seen.add(offset)
            ends.append(end)
    if not ends:
        message = "no end mark points to a cross-reference section before it"
        raise ChainBroken(message)
    last = marks[-1][1]
    ends[-1] = max(ends[-1], last) if marks[-1][0] in seen else ends[-1]
    return Revisions(tuple(ends), len(data) - last)


def _chain(data: bytes, head: int, offset: int) -> frozenset[int]:
    """Return the offsets of the cross-reference sections reachable from `offset` by /Prev.

    A damaged older section ends the chain: the state that names it is still told by its own end mark.
    """
    found: set[int] = set()
    while True:
        at = head + offset
        if offset in found:
            message = f"the cross-reference chain comes back to byte {offset}"
            raise ChainBroken(message)
        if at >= len(data) or len(found) >= LONGEST_CHAIN:
            message = f"the cross-reference chain leaves the file or is longer than {LONGEST_CHAIN} links"
            raise ChainBroken(message)
        try:
            dictionary = _dictionary(data, at)
        except ChainBroken:
            if not found:
                raise
            return frozenset({*found, offset})
        found.add(offset)
        previous = _PREVIOUS.search(dictionary)
        if not previous or int(previous.group(1)) == 0:
            return frozenset(found)
        offset = int(previous.group(1))


def _dictionary(data: bytes, at: int) -> bytes:
    """Return the trailer dictionary of the section at `at`: after a table, or at the head of a stream."""
    start = data.find(b"xref", max(0, at - _SLACK), at + _SLACK)
    if start < 0 or data[max(0, start - 5) : start] == b"start":
        start = at
    while start < len(data) and data[start : start + 1].isspace():
        start += 1
    if data.startswith(b"xref", start):
        trailer = data.find(b"trailer", start)
        if trailer >= 0:
            stop = data.find(b"startxref", trailer)
            return data[trailer : min(stop if stop > 0 else len(data), trailer + _WINDOW)]
    elif _STREAM_HEAD.match(data, start):
        stop = data.find(b"stream", start, start + _WINDOW)
        if stop > 0:
            return data[start:stop]
    message = f"no cross-reference section stands at byte {at}, where the file says one does"
    raise ChainBroken(message)
