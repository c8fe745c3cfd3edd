"""PDF files written by hand: whole ones, and revisions appended to one that stays as it was, byte for byte.

Limits: no encryption, and objects are written uncompressed except for the streams that the caller compressed.
Source: ISO 32000-1, 7.5.4 to 7.5.8 (cross-reference table, trailer, incremental updates, cross-reference streams).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

BINARY_COMMENT = b"%\xe2\xe3\xcf\xd3\n"
"""The second line by which a file says that it holds bytes above 127 (ISO 32000-1, 7.5.2)."""

SPECIMEN = "SPECIMEN - fictional document made for testing; states, firms, people and figures are invented"
"""The words that stand in the keywords of everything a specimen holds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a PDF: its number and its body, the text between `obj` and `endobj`."""

    number: int
    body: bytes


def stream(fields: str, data: bytes) -> bytes:
    """Return the body of a stream object; `fields` are its dictionary's entries without /Length."""
    return f"<< {fields} /Length {len(data)} >>\nstream\n".encode("latin-1") + data + b"\nendstream"


def text_string(words: str) -> str:
    """Return `words` as a PDF text string: a literal when it is ASCII, UTF-16 in hex otherwise."""
    if words.isascii() and words.isprintable():
        escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return "<" + (b"\xfe\xff" + words.encode("utf-16-be")).hex().upper() + ">"


def whole_file(entries: list[Entry], root: int, info: int, version: str = "1.4") -> bytes:
    """Return a PDF of `entries` (numbered 1 to n without gaps) with a cross-reference table."""
    out = BytesIO()
    out.write(f"%PDF-{version}\n".encode() + BINARY_COMMENT)
    offsets = _write(out, entries)
    place = out.tell()
    size = len(entries) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
    for number in range(1, size):
        out.write(f"{offsets[number]:010d} 00000 n \n".encode())
    mark = hashlib.md5(out.getvalue(), usedforsecurity=False).hexdigest()
    out.write(
        f"trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>\n"
        f"startxref\n{place}\n%%EOF\n".encode()
    )
    return out.getvalue()


def _write(out: BytesIO, entries: list[Entry]) -> dict[int, int]:
    offsets: dict[int, int] = {}
    for entry in entries:
        offsets[entry.number] = out.tell()
        out.write(f"{entry.number} 0 obj\n".encode() + entry.body + b"\nendobj\n")
    return offsets


def last_startxref(pdf: bytes) -> int:
    """Return the offset that the last `startxref` names."""
    found = re.findall(rb"startxref\s+(\d+)\s+%%EOF", pdf)
    if not found:
        message = "no startxref line: not a PDF that can be revised"
        raise ValueError(message)
    return int(found[-1])


class Revision:
    """A revision to be appended: new and replaced objects; the bytes before it are never touched.

    Change objects of `source` (an open pikepdf document of the same bytes) or make new ones in it, hand each to
    `write`, then take `written`. The new cross-reference section is a table or a stream, whichever the file's last
    one is (7.5.8.4 forbids mixing).
    """

    def __init__(self, pdf: bytes, source: pikepdf.Pdf) -> None:
        """Open a revision over `pdf`."""
        self._pdf = pdf if pdf.endswith(b"\n") else pdf + b"\n"
        self._source = source
        self._bodies: dict[int, bytes] = {}

    def write(self, held: Any) -> None:
        """Take the indirect object `held` as it now stands into the revision."""
        number, generation = held.objgen
        if number == 0 or generation != 0:
            message = "only an indirect object of generation 0 can be written into a revision"
            raise ValueError(message)
        self._bodies[number] = _body(held)

    def written(self) -> bytes:
        """Return the old bytes with the revision behind them."""
        previous = last_startxref(self._pdf)
        streamed = not self._pdf[previous : previous + 4].startswith(b"xref")
        out = BytesIO()
        out.write(self._pdf)
        offsets = _write(out, [Entry(number, self._bodies[number]) for number in sorted(self._bodies)])
        place = out.tell()
        size = max(int(self._source.trailer.Size), max(o.objgen[0] for o in self._source.objects) + 1)
        own = size
        if streamed:
            size += 1
            offsets[own] = place
        trailer = self._trailer(previous, size, out.getvalue())
        runs = _runs(sorted(offsets))
        if streamed:
            rows = b"".join(b"\x01" + offsets[n].to_bytes(4, "big") + b"\0\0" for run in runs for n in run)
            index = " ".join(f"{run[0]} {len(run)}" for run in runs)
            fields = f"/Type /XRef /W [1 4 2] /Index [{index}] /Filter /FlateDecode {trailer}"
            out.write(f"{own} 0 obj\n".encode() + stream(fields, zlib.compress(rows)) + b"\nendobj\n")
        else:
            out.write(b"xref\n0 1\n0000000000 65535 f \n")
            for run in runs:
                out.write(f"{run[0]} {len(run)}\n".encode())
                for number in run:
                    out.write(f"{offsets[number]:010d} 00000 n \n".encode())
            out.write(f"trailer\n<< {trailer} >>\n".encode("latin-1"))
        out.write(f"startxref\n{place}\n%%EOF\n".encode())
        return out.getvalue()

    def _trailer(self, previous: int, size: int, so_far: bytes) -> str:
        trailer = self._source.trailer
        mark = hashlib.md5(so_far, usedforsecurity=False).hexdigest()
        first = bytes(trailer.ID[0]).hex() if "/ID" in trailer else mark
        info = f" /Info {trailer.Info.objgen[0]} 0 R" if "/Info" in trailer else ""
        return f"/Size {size} /Root {trailer.Root.objgen[0]} 0 R{info} /ID [<{first}> <{mark}>] /Prev {previous}"


def _body(held: Any) -> bytes:
    if not isinstance(held, pikepdf.Stream):
        return bytes(held.unparse(resolved=True))
    data = held.read_raw_bytes()
    fields = pikepdf.Dictionary({key: value for key, value in held.items() if key != "/Length"})
    return stream(fields.unparse().decode("latin-1")[2:-2], data)


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def revisions(pdf: bytes) -> tuple[bytes, ...]:
    """Return the file as it stood after each of its revisions, oldest first, cut behind each `startxref`.

    Limits: a linearised file's first part counts as one, though it never stood alone.
    """
    ends = [m.end() for m in re.finditer(rb"startxref\s+\d+\s+%%EOF\r?\n?", pdf)]
    return tuple(pdf[:end] for end in ends)
