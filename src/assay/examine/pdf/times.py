"""Moments as PDF and XMP write them, compared only as far as they were written.

Limits: a moment without a time zone is compared with others to the nearest day and a half; one that is incomplete
counts from its first to its last second. Source: ISO 32000-2, 7.9.4; ISO 8601 as XMP profiles it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

_PDF = re.compile(
    r"\s*(?:D:)?\s*(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*(?:([+-])(\d\d)'?(?::?(\d\d))?'?|(Z)(?:00'?00'?)?)?\s*"
)
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?)?\s*(?:([+-])(\d\d):?(\d\d)|(Z))?"
)
UNZONED = timedelta(hours=26)
"""What two moments can be apart when the zone of one is not stated: zones run from -12 to +14."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A stated moment: `first` and `last` second that it can mean, as written on the clock; `zone` in minutes or None.

    `written` is what stands in the file.
    """

    written: str
    first: datetime
    last: datetime
    zone: int | None

    @property
    def day(self) -> date:
        """The day as written."""
        return self.first.date()

    def before(self, other: Moment) -> timedelta:
        """Return by how much this moment surely lies before the other: zero when it may not."""
        if self.zone is not None and other.zone is not None:
            gap = (other.first - timedelta(minutes=other.zone)) - (self.last - timedelta(minutes=self.zone))
        elif self.zone is None and other.zone is None:
            gap = other.first - self.last
        else:
            gap = other.first - self.last - UNZONED
        return max(gap, timedelta())


def pdf_moment(text: str) -> Moment | None:
    """Return the moment that a PDF date string states; None when it states none."""
    return _moment(_PDF.fullmatch(text), text) if text else None


def iso_moment(text: str) -> Moment | None:
    """Return the moment that an ISO 8601 string states; None when it states none."""
    return _moment(_ISO.fullmatch(text.strip()), text) if text else None


def _moment(match: re.Match[str] | None, text: str) -> Moment | None:
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(g) if g else None for g in match.groups()[:6])
    sign, hours, minutes, zulu = match.groups()[6:10]
    zone = 0 if zulu else None
    if sign:
        zone = (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes or 0))
    try:
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, min(second or 0, 59), tzinfo=UTC)
        if zone is not None:
            timezone(timedelta(minutes=zone))
    except ValueError:
        return None
    steps = ((month, 366), (day, 31), (hour, 1))
    wide = next((timedelta(days=days) - timedelta(seconds=1) for part, days in steps if part is None), None)
    if wide is None:
        wide = timedelta(hours=1) if minute is None else timedelta(seconds=59 if second is None else 0)
    try:
        return Moment(text.strip(), first, first + wide, zone)
    except OverflowError:
        return None
