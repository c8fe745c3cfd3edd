"""Line items, obligations and events of one agreement, each once, however many versions, languages and copies list it.

Limits: two rows of one table are never one; rows of two documents are one when what both state agrees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from assay.model import DateRange, Event, LineItem, Money, Obligation, Quantity, Record, Text
from assay.resolve.clusters import Clusters
from assay.resolve.folding import TO_LATIN, fold, script, tokens
from assay.resolve.numbers import loose_key
from assay.resolve.romanise import stem
from assay.resolve.spelling import distance

R = TypeVar("R", bound=Record)


def items(found: Sequence[LineItem], rank: Callable[[str], int], dead: frozenset[str]) -> list[LineItem]:
    """Return one record for each line item; `rank` orders exhibits, `dead` are superseded by a final version."""
    return _once(found, _item_keys, _one_item, rank, dead)


def obligations(found: Sequence[Obligation], rank: Callable[[str], int], dead: frozenset[str]) -> list[Obligation]:
    """Return one record for each obligation."""
    return _once(found, lambda o: [("kind", o.kind)], _one_obligation, rank, dead)


def events(found: Sequence[Event], rank: Callable[[str], int], dead: frozenset[str]) -> list[Event]:
    """Return one record for each event."""
    return _once(found, lambda e: [("rung", e.rung)], _one_event, rank, dead)


def _once(
    found: Sequence[R],
    keys: Callable[[R], list[tuple[str, str]]],
    one: Callable[[R, R], bool],
    rank: Callable[[str], int],
    dead: frozenset[str],
) -> list[R]:
    def order(record: R) -> tuple[int, str, str]:
        exhibit: str = getattr(record, "exhibit", "")
        return rank(exhibit), exhibit, record.id

    records = sorted((r for r in found if getattr(r, "exhibit", "") not in dead), key=order)
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, record in enumerate(records):
        for key in keys(record):
            blocks[key].append(i)
    clusters = Clusters(len(records))

    def two(a: list[int], b: list[int]) -> bool:
        return any(_apart(records[i], records[j]) for i in a for j in b)

    for key in sorted(blocks):
        for x, i in enumerate(blocks[key]):
            for j in blocks[key][x + 1 :]:
                if clusters.root(i) != clusters.root(j) and one(records[i], records[j]):
                    clusters.join(i, j, "", two)
    return [records[members[0]] for members in clusters.sets()]


def _apart(a: Record, b: Record) -> bool:
    """Return whether two records stand in one document as two: other rows of one table, in one language."""
    if getattr(a, "exhibit", "") != getattr(b, "exhibit", ""):
        return False
    if isinstance(a, LineItem) and isinstance(b, LineItem):
        return bool(
            a.position
            and b.position
            and a.position != b.position
            and not _differ_in_script(a.description, b.description)
        )
    return False


def _differ_in_script(a: Text, b: Text) -> bool:
    return script(a.written) != script(b.written)


def _designation(item: LineItem) -> str:
    if item.designation is None:
        return ""
    value = item.designation.value or item.designation.written
    return "".join(c for c in value.upper().translate(TO_LATIN) if c.isalnum())


def _item_keys(item: LineItem) -> list[tuple[str, str]]:
    keys = []
    if name := _designation(item):
        keys.append(("designation", name))
    for label, money in (("total", item.total), ("price", item.price)):
        if money and money.amount is not None:
            keys.append((label, str(money.amount.normalize())))
    if item.position:
        keys.append(("position", item.position.strip(". ")))
    return keys or [("text", fold(item.description.written)[:40])]


def _money(a: Money | None, b: Money | None) -> bool | None:
    """Return whether two amounts agree; None when one is not known."""
    if a is None or b is None or a.amount is None or b.amount is None:
        return None
    if a.currency and b.currency and a.currency != b.currency:
        return False
    return a.amount == b.amount


def _count(a: Quantity | None, b: Quantity | None) -> bool | None:
    if a is None or b is None or a.value is None or b.value is None:
        return None
    return a.value == b.value


def _day(a: DateRange | None, b: DateRange | None) -> bool | None:
    if a is None or b is None or a.earliest is None or b.earliest is None:
        return None
    return a.earliest == b.earliest and (a.latest == b.latest or a.latest is None or b.latest is None)


def _words(text: Text) -> set[str]:
    return {stem(t) for t in tokens(fold(text.value or text.written)) if len(t) > 2}


def _alike(a: Text | None, b: Text | None) -> bool | None:
    """Return whether two texts of one script share most words; None across scripts or without text."""
    if a is None or b is None or script(a.written) != script(b.written):
        return None
    x, y = fold(a.value or a.written), fold(b.value or b.written)
    if x == y or (min(len(x), len(y)) > 8 and (x in y or y in x)):
        return True
    if script(x) == "han":
        return distance(x, y, max(1, len(x) // 5)) <= max(1, len(x) // 5)
    p, q = _words(a), _words(b)
    return bool(p and q) and len(p & q) * 2 > min(len(p), len(q))


def _one_item(a: LineItem, b: LineItem) -> bool:
    """Return whether two rows list one article: nothing stated twice differs, and enough is stated twice."""
    p, q = _designation(a), _designation(b)
    price, total, quantity = _money(a.price, b.price), _money(a.total, b.total), _count(a.quantity, b.quantity)
    words = _alike(a.description, b.description)
    position = bool(a.position) and a.position.strip(". ") == b.position.strip(". ")
    agreed = sum(x is True for x in (price, total, quantity))
    against = sum(x is False for x in (price, total, quantity))
    if p and q:
        if p == q:
            return (
                against == 0 or (position and words is not False) or (price is True) or (against == 1 and agreed >= 1)
            )
        misread = loose_key(p) == loose_key(q) or (len(p) >= 4 and distance(p, q, 1) <= 1)
        return misread and position and agreed >= 1 and against == 0 and words is not False
    if words is False and not (position and agreed >= 2):
        return False
    if position and agreed >= 1 and against == 0:
        return True
    if words is True:
        return agreed >= 1 and against == 0
    return agreed >= 2 and against == 0 and position


def _same_party(a: Text | None, b: Text | None) -> bool | None:
    if a is None or b is None or script(a.written) != script(b.written):
        return None
    x, y = ({stem(t) for t in tokens(fold(t.value or t.written))} for t in (a, b))
    return bool(x & y)


def _one_obligation(a: Obligation, b: Obligation) -> bool:
    """Return whether two clauses bind to one thing: kind alike, nothing stated in both differs, something agrees."""
    if a.kind != b.kind:
        return False
    stated = (_money(a.money, b.money), _count(a.quantity, b.quantity), _day(a.due, b.due))
    if any(x is False for x in stated) or _same_party(a.debtor, b.debtor) is False:
        return False
    if any(x is True for x in stated):
        return a.exhibit != b.exhibit or _differ(a.object, b.object) or _alike(a.object, b.object) is not False
    nothing = all(x is None for o in (a, b) for x in (o.money, o.quantity, o.due))
    if nothing:
        return _alike(a.object, b.object) is not False
    return a.exhibit != b.exhibit and _alike(a.object, b.object) is True


def _differ(a: Text | None, b: Text | None) -> bool:
    return a is not None and b is not None and _differ_in_script(a, b)


def _one_event(a: Event, b: Event) -> bool:
    """Return whether two reports tell of one event: nothing that both state differs, and the day or sum agrees."""
    if a.rung != b.rung:
        return False
    day, money, quantity = _day(a.date, b.date), _money(a.money, b.money), _count(a.quantity, b.quantity)
    if False in (day, money, quantity):
        return False
    return (
        True in (day, money)
        or (quantity is True and a.exhibit != b.exhibit)
        or (all(x is None for x in (a.date, b.date, a.money, b.money)) and a.quantity is None and b.quantity is None)
    )
