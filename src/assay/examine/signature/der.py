"""A first look at BER or DER bytes before any parser sees them: how deep, how many values, whether it all adds up.

Limits: it says nothing of what the values mean. Source: ITU-T X.690, 8.1.
"""

from __future__ import annotations

DEEPEST = 48
MOST_VALUES = 200_000


class Malformed(Exception):
    """The bytes are no sound ASN.1, or nested or split beyond what is examined."""


def sound(data: bytes) -> int:
    """Return how long the first value is; raise `Malformed` when it is unsound, too deep or split too much."""
    ends: list[int] = []  # where each open constructed value ends; -1: at its end-of-contents mark
    at = count = 0
    while True:
        count += 1
        if count > MOST_VALUES:
            raise Malformed(f"it holds more than {MOST_VALUES} values")
        tag, at, size = _header(data, at)
        if tag == 0 and size == 0 and ends and ends[-1] == -1:
            ends.pop()
        elif tag & 0x20:
            if len(ends) >= DEEPEST:
                raise Malformed(f"it is nested more than {DEEPEST} deep")
            bound = next((end for end in reversed(ends) if end >= 0), len(data))
            if size >= 0 and at + size > bound:
                raise Malformed(f"a value ends beyond what holds it, at byte {at}")
            ends.append(at + size if size >= 0 else -1)
        else:
            if size < 0:
                raise Malformed(f"a plain value without a length stands at byte {at}")
            at += size
        while ends and ends[-1] == at:
            ends.pop()
        if at > len(data) or (ends and ends[-1] != -1 and at > ends[-1]):
            raise Malformed(f"a value ends beyond what holds it, at byte {at}")
        if not ends:
            return at


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Return a value's first tag byte, where its content begins, and its length (-1: indefinite)."""
    if at + 2 > len(data):
        raise Malformed("it ends too early")
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        start = at
        while at < len(data) and data[at] & 0x80:
            at += 1
        at += 1
        if at - start > 5 or at >= len(data):
            raise Malformed(f"a tag is too long at byte {start}")
    size = data[at]
    at += 1
    if size == 0x80:
        return tag, at, -1
    if size & 0x80:
        width = size & 0x7F
        if width > 8 or at + width > len(data):
            raise Malformed(f"a length is too long at byte {at}")
        size = int.from_bytes(data[at : at + width], "big")
        at += width
    return tag, at, size
