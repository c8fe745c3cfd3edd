"""Documents to bundles: which papers belong to one agreement.

Agreement numbers come first, brought to one form; a number that a machine may have misread joins another only beside a
second ground. Papers without a number follow the one contract they refer to, the one that binds the parties they name,
their version family, or their mail.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from assay.model import Document, DocumentKind, Family, Mention, Occurrence, Page, Party, Role, Text, Trove
from assay.resolve.numbers import loose_key, number_key, telling
from assay.resolve.spelling import distance

FOUNDING = frozenset(
    {
        DocumentKind.CONTRACT, DocumentKind.ANNEX, DocumentKind.AMENDMENT, DocumentKind.PRICE_PROTOCOL,
        DocumentKind.PAYMENT_SCHEDULE, DocumentKind.DELIVERY_SCHEDULE, DocumentKind.ACCEPTANCE_ACT,
        DocumentKind.TRAINING_PROGRAMME, DocumentKind.LICENCE, DocumentKind.INVOICE,
    }
)  # fmt: skip
"""Kinds whose agreement number makes an agreement; the others only join one."""

_UNBOUND = frozenset({Role.SIGNATORY, Role.SENDER, Role.RECIPIENT, Role.SPEAKER, Role.AUTHOR, Role.BANK})
"""Roles in which a name stands on a paper without being bound by it."""

_REFERRED = frozenset({DocumentKind.CONTRACT, DocumentKind.LICENCE})


@dataclass(frozen=True, slots=True)
class Bundle:
    """The documents of one agreement and its number as most of them write it."""

    key: str
    number: Text
    documents: tuple[Document, ...]


def written(text: Text | None) -> str:
    """Return a number's comparing form, empty when there is none."""
    return number_key(text.value or text.written) if text else ""


def bundles(trove: Trove) -> list[Bundle]:
    """Return the agreements' bundles, ordered by key. Press is in none."""
    documents = sorted(
        (d for d in trove.all(Document) if d.kind != DocumentKind.PRESS), key=lambda d: (d.exhibit, d.id)
    )
    scanned = _scanned(trove)
    keys = _united(documents, scanned)
    of: dict[str, str] = {}
    for document in documents:
        number = written(document.agreement_number)
        if number in keys:
            of[document.exhibit] = keys[number]
    _follow(trove, documents, keys, of)
    for document in documents:
        number = written(document.agreement_number)
        if document.exhibit not in of and document.kind == DocumentKind.CONTRACT and number and not telling(number):
            of[document.exhibit] = number
    named = _unnumbered(trove, documents, of)
    of.update({exhibit: key for key, (exhibits, _) in named.items() for exhibit in exhibits})
    held: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if document.exhibit in of:
            held[of[document.exhibit]].append(document)
    return [
        Bundle(k, named[k][1] if k in named else _number(held[k], k, scanned), tuple(held[k])) for k in sorted(held)
    ]


UNNUMBERED = "no number is stated; its title stands in the number's place"


def _unnumbered(trove: Trove, documents: list[Document], of: dict[str, str]) -> dict[str, tuple[tuple[str, ...], Text]]:
    """Return key -> exhibits and title of each contract without a number that binds at least two parties.

    Versions of one contract (a family) are one. Limits: annexes and letters that name no number join none of them.
    """
    parties = {m: p.id for p in trove.all(Party) for m in p.mentions}
    bound: dict[str, set[str]] = defaultdict(set)
    for mention in trove.all(Mention):
        if mention.role not in _UNBOUND and mention.id in parties:
            bound[mention.exhibit].add(parties[mention.id])
    families = {m.exhibit: f.id for f in trove.all(Family) for m in f.members}
    found: dict[str, tuple[tuple[str, ...], Text]] = {}
    for document in documents:
        free = document.exhibit not in of and document.agreement_number is None
        if not (free and document.kind in _REFERRED and document.title and len(bound[document.exhibit]) >= 2):
            continue
        key = "unnumbered/" + families.get(document.exhibit, document.exhibit)
        exhibits, title = found.get(key, ((), replace(document.title, uncertain=UNNUMBERED)))
        found[key] = (*exhibits, document.exhibit), title
    return found


def _scanned(trove: Trove) -> set[str]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for page in trove.all(Page):
        counts[page.exhibit][page.how == "ocr"] += 1
    return {exhibit for exhibit, (other, ocr) in counts.items() if ocr > other}


def _united(documents: list[Document], scanned: set[str]) -> dict[str, str]:
    """Return the number that stands for each agreement number of a founding document.

    Numbers of one loose form are one. A number that only scans give joins the one at one letter's distance, or named
    beside it, that more papers give, when the agreement's date is the same. A bare running number names no agreement.
    """
    papers: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        key = written(document.agreement_number)
        if key and document.kind in FOUNDING and telling(key):
            papers[key].append(document)

    def weight(key: str) -> tuple[int, int, str]:
        return -sum(d.exhibit not in scanned for d in papers[key]), -len(papers[key]), key

    ordered = sorted(papers, key=weight)
    stands: dict[str, str] = {}
    loose: dict[str, str] = {}
    for key in ordered:
        form = loose_key(key)
        chief = loose.get(form)
        if chief is None and len(form) >= 5 and all(d.exhibit in scanned for d in papers[key]):
            chief = next(
                (
                    k for k in ordered
                    if stands.get(k) == k and len(papers[k]) > len(papers[key])
                    and _near(loose_key(k), form) and _one_date(papers[k], papers[key])
                ),
                None,
            ) or _named_beside(papers, key, ordered, stands)  # fmt: skip
        stands[key] = chief or key
        loose.setdefault(form, stands[key])
    return stands


def _named_beside(
    papers: dict[str, list[Document]], key: str, ordered: list[str], stands: dict[str, str]
) -> str | None:
    """Return the one number of more papers that scans of `key` name too: their other language, better read."""
    beside = {loose_key(r.number) for d in papers[key] for r in d.references if r.kind in _REFERRED and r.number}
    found = [
        k for k in ordered
        if stands.get(k) == k and loose_key(k) in beside
        and len(papers[k]) > len(papers[key]) and _one_date(papers[k], papers[key])
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _near(one: str, other: str) -> bool:
    """Tell whether two numbers differ in one sign, in two letters beside six digits or more, or in several letters.

    Several letters are misread together where a machine takes them for another alphabet's (WML for МИМГ); a series is
    told apart by a single letter (12-2019/A and /B), so that is never looked over.
    """
    digits = ["".join(c for c in form if c.isdigit()) for form in (one, other)]
    letters = [sum(c.isalpha() for c in form) for form in (one, other)]
    return distance(one, other, 1) <= 1 or (
        digits[0] == digits[1]
        and (
            (len(digits[0]) >= 6 and len(one) == len(other) and distance(one, other, 2) <= 2)
            or (len(digits[0]) >= 5 and min(letters) >= 3 and abs(letters[0] - letters[1]) <= 1)
        )
    )


def _one_date(a: list[Document], b: list[Document]) -> bool:
    dates = [
        {d.agreement_date.earliest for d in papers if d.agreement_date and d.agreement_date.earliest}
        for papers in (a, b)
    ]
    return bool(dates[0] & dates[1])


def _follow(trove: Trove, documents: list[Document], keys: dict[str, str], of: dict[str, str]) -> None:
    """Give papers without a number of their own the agreement of their family, their contract reference, their mail."""
    loose = {loose_key(k): v for k, v in sorted(keys.items())}
    for document in documents:
        if document.exhibit in of:
            continue
        own = written(document.agreement_number)
        named = {loose.get(loose_key(own))} if telling(own) else set()
        if not telling(own):
            named = {loose.get(loose_key(r.number)) for r in document.references if r.kind in _REFERRED and r.number}
        found = sorted(k for k in named if k)
        if len(found) == 1:
            of[document.exhibit] = found[0]
    _by_parties(trove, documents, of)
    for family in sorted(trove.all(Family), key=lambda f: f.id):
        members = [m.exhibit for m in family.members]
        known = Counter(of[m] for m in members if m in of)
        if len(known) == 1:
            for member in members:
                of.setdefault(member, next(iter(known)))
    kinds = {d.exhibit: d for d in documents}
    for _ in range(3):
        before = len(of)
        children: dict[str, set[str]] = defaultdict(set)
        for occurrence in trove.all(Occurrence):
            if occurrence.parent in kinds and occurrence.exhibit in of:
                children[occurrence.parent].add(of[occurrence.exhibit])
        for parent, found_in in sorted(children.items()):
            if len(found_in) == 1 and kinds[parent].kind == DocumentKind.MAIL and not kinds[parent].agreement_number:
                of.setdefault(parent, next(iter(found_in)))
        if len(of) == before:
            break


_BOUND = frozenset({Role.SUPPLIER, Role.BUYER, Role.LICENSOR, Role.LICENSEE})


def _by_parties(trove: Trove, documents: list[Document], of: dict[str, str]) -> None:
    """Give a paper without a number the one agreement that binds two of the parties it names."""
    party = {m: p.id for p in trove.all(Party) if p.kind != "person" for m in p.mentions}
    named: dict[str, set[str]] = defaultdict(set)
    bound: dict[str, set[str]] = defaultdict(set)
    contracts = {d.exhibit for d in documents if d.kind in _REFERRED}
    for mention in trove.all(Mention):
        if who := party.get(mention.id):
            named[mention.exhibit].add(who)
            if mention.role in _BOUND and mention.exhibit in contracts and mention.exhibit in of:
                bound[of[mention.exhibit]].add(who)
    for document in documents:
        if document.exhibit in of or document.kind not in FOUNDING | {DocumentKind.MINUTES, DocumentKind.LETTER}:
            continue
        here = named.get(document.exhibit, set())
        found = [agreement for agreement, parties in sorted(bound.items()) if len(here & parties) >= 2]
        if len(found) == 1:
            of[document.exhibit] = found[0]


def _number(documents: list[Document], key: str, scanned: set[str]) -> Text:
    """Return the number as written in most papers, the contract's and born-digital ones before others."""
    texts = [d.agreement_number for d in documents if d.agreement_number and written(d.agreement_number) == key]
    counts = Counter(t.written for t in texts)
    best = sorted(
        (d for d in documents if d.agreement_number and written(d.agreement_number) == key),
        key=lambda d: (
            d.kind != DocumentKind.CONTRACT, d.exhibit in scanned,
            -counts[d.agreement_number.written if d.agreement_number else ""], d.id,
        ),
    )  # fmt: skip
    for document in best:
        if document.agreement_number:
            return document.agreement_number
    return Text(key, key)
