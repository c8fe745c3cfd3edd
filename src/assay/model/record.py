"""What every record is: frozen, slotted, with an id that is derived from its content.

Limits: an id says that two records say the same; it says nothing about whether it is true.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec

R = TypeVar("R", bound="Record")

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


def encode(value: Any) -> bytes:
    """Return the one canonical JSON form of a record or value: field order fixed, decimals as strings."""
    return _encoder.encode(value)


def decode(kind: type[R], data: bytes) -> R:
    """Return the record of type `kind` that `data` encodes; raise `msgspec.ValidationError` on any misfit."""
    return msgspec.json.decode(data, type=kind)


@dataclass(frozen=True, slots=True)
class Record:
    """Base of all stored records.

    `KIND` names the record's file in an export and its row in the store. `id` is 32 hex digits
    of SHA-256 over the kind and the canonical payload: the same bytes read by the same versions
    give the same ids, on any machine and however often.
    """

    KIND: ClassVar[str] = ""

    @property
    def id(self) -> str:
        """The content-derived id: 32 hex digits."""
        return digest_of(self.KIND, encode(self))


def digest_of(kind: str, payload: bytes) -> str:
    """Return the id of a record of `kind` whose canonical form is `payload`."""
    return hashlib.sha256(kind.encode() + b"\0" + payload).hexdigest()[:32]
