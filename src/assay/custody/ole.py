"""OLE2 containers: what they are, by the streams they hold.

Limits: reads the directory only; content is the readers' matter.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from olefile import OleFileIO

_KINDS: tuple[tuple[str, str], ...] = (
    ("encryptedpackage", "application/x-ooxml-encrypted"),
    ("worddocument", "application/msword"),
    ("workbook", "application/vnd.ms-excel"),
    ("book", "application/vnd.ms-excel"),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("visiodocument", "application/vnd.visio"),
    ("quill", "application/x-mspublisher"),
    ("bodytext", "application/x-hwp"),
    ("starwriterdocument", "application/vnd.stardivision.writer"),
    ("starcalcdocument", "application/vnd.stardivision.calc"),
    ("stardrawdocument3", "application/vnd.stardivision.impress"),
    ("catalog", "application/x-thumbs-db"),
    ("props14", "application/vnd.ms-project"),
    ("props12", "application/vnd.ms-project"),
    ("props9", "application/vnd.ms-project"),
    ("matost", "application/vnd.ms-works"),
    ("wksssworkbook", "application/vnd.ms-works"),
    ("mn0", "application/vnd.ms-works"),
    ("spellingerrors", "application/vnd.ms-works"),
    ("\x01ole10native", "application/x-ole-package"),
)
STORAGE = "application/x-ole-storage"


def open_ole(data: bytes) -> OleFileIO | None:
    """Open an OLE2 container; None when its structure is too damaged, or its chains of sectors run in circles."""
    return None if loops(data) else _opened(data)


def _opened(data: bytes) -> OleFileIO | None:
    import olefile

    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, TypeError, KeyError, RecursionError, OverflowError, MemoryError):
        return None


def loops(data: bytes) -> bool:
    """Tell whether a chain of sectors that the header names, or any that starts one, runs in a circle.

    Readers that follow such a chain without counting fill the memory. Looks at the allocation table as it stands.
    """
    if len(data) < 512:
        return False
    size = 1 << min(int.from_bytes(data[30:32], "little"), 12)
    sectors = len(data) // size + 1
    order = [int.from_bytes(data[at : at + 4], "little") for at in range(76, 512, 4)]
    extra, seen = int.from_bytes(data[68:72], "little"), 0
    while extra < sectors and seen < sectors:
        at = (extra + 1) * size
        block = [int.from_bytes(data[p : p + 4], "little") for p in range(at, min(at + size, len(data) - 3), 4)]
        order += block[:-1]
        extra, seen = (block[-1] if block else sectors), seen + 1
    if seen >= sectors:
        return True
    follow: list[int] = []
    for sector in order:
        if sector >= sectors:
            break
        at = (sector + 1) * size
        follow += [int.from_bytes(data[p : p + 4], "little") for p in range(at, min(at + size, len(data) - 3), 4)]
    if _circle(follow):
        return True
    small: list[int] = []
    sector = int.from_bytes(data[60:64], "little")
    while sector < len(follow):  # ends: no chain runs in a circle
        at = (sector + 1) * size
        small += [int.from_bytes(data[p : p + 4], "little") for p in range(at, min(at + size, len(data) - 3), 4)]
        sector = follow[sector]
    return _circle(small)


def _circle(follow: list[int]) -> bool:
    """Tell whether following the numbers of a table from any of its places leads back to that place."""
    state = bytearray(len(follow))
    for start in range(len(follow)):
        path, at = [], start
        while at < len(follow) and not state[at]:
            state[at] = 1
            path.append(at)
            at = follow[at]
        if at < len(follow) and state[at] == 1:
            return True
        for at in path:
            state[at] = 2
    return False


def media_type(data: bytes) -> str:
    """Return the type of an OLE2 container; `application/x-ole-storage` when its streams do not tell."""
    opened = _opened(data)
    if opened is None:
        return STORAGE
    try:
        top = {path[0].lower() for path in opened.listdir(streams=True, storages=True) if path}
        works = "contents" in top and opened.openstream("CONTENTS").read(8) in (b"CHNKWKS ", b"CHNKINK ")
    except (OSError, ValueError, IndexError, TypeError, KeyError, AttributeError, RecursionError):
        return STORAGE
    finally:
        opened.close()
    for name, kind in _KINDS:
        if name in top:
            return kind
    return "application/vnd.ms-works" if works else STORAGE
