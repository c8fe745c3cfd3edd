"""What the makers of hostile files share: the record of one, a bomb without end, a PDF out of its objects."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STILL = "The advance of 4200 crates stays readable"
"""What stands beside the attack in each file that can hold anything beside it."""
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile file: its name, the attack, what makes it, what a run says on it, and what is read all the same.

    `met` is a category and words of a problem's message ("limit: larger than"), empty where the attack meets nothing
    that would do its bidding, so that there is nothing to say. `still` is text that must be found on a page of the
    file or of its members, empty where the attack leaves nothing.
    """

    name: str
    attack: str
    make: Callable[[], bytes]
    met: str
    still: str = STILL

    def row(self) -> str:
        """Return the row of the table in the documentation."""
        return f"| `{self.name}` | {self.attack} | {self.met or 'nothing: it has no effect'} | {self._read()} |"

    def _read(self) -> str:
        return {STILL: "the text beside it", "": "nothing"}.get(self.still, f"“{self.still}”")


def zeros(mib: int, filler: bytes = b"\0") -> bytes:
    """Return a zlib stream of `mib` MiB of one byte, made without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(filler * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    size, value = mib * MIB, filler[0]
    a = (1 + size * value) % 65521
    b = (size + value * (size * (size + 1) // 2)) % 65521
    return b"\x78\xda" + block * mib + b"\x03\x00" + ((b << 16) | a).to_bytes(4, "big")


def raw_zeros(mib: int, filler: bytes = b"\0") -> bytes:
    """Return the same as bare deflate."""
    return zeros(mib, filler)[2:-4]


def pdf(objects: Sequence[bytes], more: bytes = b"") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is its catalog. `more` goes into the trailer."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, start)
    return bytes(out)


def stream(content: bytes, more: bytes = b"") -> bytes:
    """Return a stream object's content."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), more, content)


def shows(text: str = STILL) -> bytes:
    """Return a page's drawing that shows `text` in font F."""
    return b"BT /F 18 Tf 60 700 Td (%s) Tj ET\n" % text.encode()


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def page(
    contents: bytes, resources: bytes = b"<</Font<</F 4 0 R>>>>", more: bytes = b"/MediaBox[0 0 595 842]"
) -> bytes:
    """Return a page object below object 2, with `contents` ("5 0 R") and `resources`."""
    return b"<</Type/Page/Parent 2 0 R/Contents %s/Resources%s%s>>" % (contents, resources, more)
