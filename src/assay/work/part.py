"""What a part is. One file defines one constant; one line in the package's `builtin` names it.

Nothing registers by import: `load("assay.examine.content.total:SUM")` imports the module when the part is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeVar

from assay.model import Exhibit, Reading, Record, Trove, Voucher, Weight

P = TypeVar("P", bound="Part")


@dataclass(frozen=True, slots=True)
class Part:
    """What all parts say of themselves: `name`, `version`, what for (`purpose`), what not (`limits`).

    A change that can change any record's content raises `version`. `needs` names programs and language files outside
    the package, for `assay parts`.
    """

    name: str
    version: str
    purpose: str
    limits: str
    needs: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Reader(Part):
    """Bytes to pages.

    `accepts` lists media types. `count(data, exhibit)` returns how many pages there are, fast; it raises
    `ReadRefused` for what cannot be read at all. `read(data, exhibit, first, last)` yields `Page`, `Table`
    and `Problem` records for the pages first..last (from 1, both inclusive), a failed one as a page with state failed.
    `chunk` is how many pages one task reads.
    """

    accepts: tuple[str, ...]
    count: Callable[[bytes, Exhibit, ReadSettings], int]
    read: Callable[[bytes, Exhibit, ReadSettings, int, int], Iterable[Record]]
    chunk: int = 8


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the user may set for reading: passwords to try, and the languages that scans may hold."""

    passwords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("ru", "uk", "zh", "en")


class ReadRefused(Exception):
    """A reader cannot read an exhibit at all. `category` is one of `model.PROBLEMS`."""

    def __init__(self, category: str, message: str) -> None:
        """Say why, in one plain sentence."""
        super().__init__(message)
        self.category = category
        self.message = message


@dataclass(frozen=True, slots=True)
class Examination(Part):
    """How far can it be trusted? One of the three functions is set.

    `examine` looks at one exhibit, `examine_trove` at all of them. `examine_vouched` looks at one exhibit by what a
    person vouches for (certificates, archived keys), and again when that changes; a part over the trove finds it with
    `trove.all(Voucher)`. `accepts` are media types (empty: any). A raised error becomes a finding with status error.
    `heaviest` is the most that one of its findings may weigh: what its measured noise allows (`assay.examine.rates`).
    """

    accepts: tuple[str, ...] = ()
    examine: Callable[[Reading, bytes], Iterable[Record]] | None = None
    examine_vouched: Callable[[Reading, bytes, tuple[Voucher, ...]], Iterable[Record]] | None = None
    examine_trove: Callable[[Trove], Iterable[Record]] | None = None
    heaviest: Weight = Weight.MODERATE


@dataclass(frozen=True, slots=True)
class Extractor(Part):
    """What does it say? One exhibit's reading to `Document`, `Mention`, `LineItem`, `Obligation`, `Event`, `Claim`."""

    extract: Callable[[Reading], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Synthesis(Part):
    """What do the records add up to? A trove to `Party`, `Family`, `Agreement`, `Standing`, `Status` and so on."""

    combine: Callable[[Trove], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Exporter(Part):
    """A case in the form that another program reads: writes files into an empty folder, returns their paths.

    `draws` is the resolution, in dots per inch, at which every page is drawn as a JPEG first (0: no pictures needed).
    """

    export: Callable[..., Iterable[str]]
    draws: int = 0


def load(path: str, kind: type[P]) -> P:
    """Return the constant that `path` ("package.module:NAME") names; raise `TypeError` when it is no `kind`."""
    module, _, name = path.partition(":")
    part = getattr(import_module(module), name)
    if not isinstance(part, kind):
        message = f"{path} is a {type(part).__name__}, not a {kind.__name__}"
        raise TypeError(message)
    return part
