"""What an agreement binds its parties to: from clauses, and from the tables of payment and delivery schedules.

Limits: the other party is taken for creditor where the clause names none, and `uncertain` says so. A relative deadline
("within 30 days of signing") becomes dates only when the date it counts from is known, and says so too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from assay.extract.articles import designations_in
from assay.extract.heads import Head, head_of
from assay.extract.parties import defined, role_at
from assay.extract.schedules import scheduled
from assay.extract.sections import Clause, clauses_of
from assay.extract.sentences import sentences
from assay.extract.totals import total_of
from assay.extract.view import View, read_pages
from assay.extract.vocabulary import cue
from assay.model import (
    DateRange,
    DocumentKind,
    Money,
    Obligation,
    ObligationKind,
    Quantity,
    Reading,
    Record,
    Role,
    Text,
)
from assay.read.values.dates import find_dates
from assay.read.values.money import find_money
from assay.read.values.quantities import find_quantities
from assay.work.part import Extractor

VERSION = "3"
_PLACES = (
    DocumentKind.CONTRACT,
    DocumentKind.LICENCE,
    DocumentKind.AMENDMENT,
    DocumentKind.ANNEX,
    DocumentKind.PAYMENT_SCHEDULE,
    DocumentKind.DELIVERY_SCHEDULE,
    DocumentKind.PRICE_PROTOCOL,
    DocumentKind.TRAINING_PROGRAMME,
)
_ORDER = (
    ObligationKind.KEEP_SECRET,
    ObligationKind.LICENSE_PRODUCTION,
    ObligationKind.TRANSFER_TECHNOLOGY,
    ObligationKind.INTEGRATE,
    ObligationKind.TRAIN,
    ObligationKind.PAY,
    ObligationKind.DELIVER,
)
_OPPOSITE = {
    Role.SUPPLIER: (Role.BUYER,), Role.BUYER: (Role.SUPPLIER,), Role.LICENSOR: (Role.LICENSEE, Role.BUYER),
    Role.LICENSEE: (Role.LICENSOR, Role.SUPPLIER),
}  # fmt: skip
_GIVER = (Role.SUPPLIER, Role.LICENSOR)
_TAKER = (Role.BUYER, Role.LICENSEE)
_BOTH = re.compile(
    r"стороны|каждая сторона|сторонами|сторони|双方|各方|任何一方|(?:the |both |each )?part(?:y|ies)(?! \w+ part)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?)\s*(?:\([^)]{1,40}\)\s*)?(?:%|процент\w*|відсот\w*|per\s*cent|percent)"
    r"|百分之([一二三四五六七八九十百\d]+)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?P<days>\d{1,4})\s*(?:\([^)]{1,40}\)\s*)?(?P<kind>календарн\w+|банковск\w+|рабоч\w+|банківськ\w+"
    r"|робоч\w+|календарн\w+|calendar|banking|bank|business|working|个?(?:银行)?工作|个?日历)?\s*(?P<unit>дн\w*"
    r"|дня|дней|днів|день|недел\w*|тижн\w*|месяц\w*|місяц\w*|days?|weeks?|months?|个?(?:工作)?(?:日|天)|周|个?月)",
    re.IGNORECASE,
)
_SIGNING = re.compile(
    r"подписани\w+|підписанн\w+|签(?:订|署|字)|sign(?:ing|ature|ed)|заключени\w+ (?:контракт|договор)", re.IGNORECASE
)
_DEADLINE = re.compile(
    r"в течение|не позднее|в срок|протягом|не пізніше|within|not later than|no later than|之?内|不迟于"
    r"|не более|со дня|с даты|від дати|after|after|后",
    re.IGNORECASE,
)
_NO_DELIVERY = re.compile(
    r"извеща|уведом|сообща|сповіща|повідомля|通知|notif|not to |не передава|не вправе|不得"
    r"|прав[аоу] собственност|риск|title to|risk of",
    re.IGNORECASE,
)
"""Sentences with a word of delivery that bind to something else: notices, bans, title and risk."""
_TRAINEES = re.compile(
    r"(?<![\d.,])(\d{1,4})\s*(?:\([^)]*\)\s*)?(?:специалист|представител|человек|слушател|курсант"
    r"|оператор|фахівц|представник|осіб|спеціаліст|persons?|people|specialists?|representatives?"
    r"|trainees?|operators?|名|人)",
    re.IGNORECASE,
)
_NOT_DUTY = re.compile(
    r"(?:вправе|имеет право|может|має право|may\b|is entitled|has the right|有权|可以)", re.IGNORECASE
)


def extract(reading: Reading) -> Iterator[Record]:
    """Yield the obligations that an exhibit states."""
    if not read_pages(reading):
        return
    head = head_of(reading)
    if head.kind not in _PLACES and head.kind is not DocumentKind.SPREADSHEET:
        return
    rows = clauses_of(reading)
    names = _names(rows)
    base = total_of(reading, rows)
    made: list[Obligation] = []
    if head.kind is not DocumentKind.SPREADSHEET:
        for row in rows:
            if row.heading or row.tabular:
                continue
            made.extend(_from_clause(reading, head, row, names, base))
    for planned in scheduled(reading, head, base):
        party = _pair(names, planned.kind, "")
        made.append(
            Obligation(
                reading.exhibit.digest, head.agreement_number, planned.kind, party[0], party[1], planned.object,
                planned.quantity, planned.money, planned.due, planned.condition, planned.spans, OBLIGATIONS.name,
                OBLIGATIONS.version,
            )
        )  # fmt: skip
    yield from _merged(made)


def _merged(made: list[Obligation]) -> list[Obligation]:
    """Return the obligations, those that say the same of the same party joined into one with all their spans.

    Two say the same when kind and debtor's role agree and no value of the one contradicts one of the other;
    payments only when both state one amount.
    """
    out: list[Obligation] = []
    for one in made:
        for index, other in enumerate(out):
            if _same(one, other):
                out[index] = replace(
                    other,
                    object=other.object or one.object,
                    quantity=other.quantity or one.quantity,
                    money=other.money or one.money,
                    due=_better(other.due, one.due),
                    condition=other.condition or one.condition,
                    spans=tuple(dict.fromkeys((*other.spans, *one.spans))),
                )
                break
        else:
            out.append(one)
    return out


def _better(first: DateRange | None, second: DateRange | None) -> DateRange | None:
    return first if first is not None and (first.latest is not None or second is None) else second


def _same(one: Obligation, other: Obligation) -> bool:
    if one.kind is not other.kind or _role_of(one.debtor) is not _role_of(other.debtor):
        return False
    amounts = [o.money.amount if o.money is not None else None for o in (one, other)]
    if one.kind is ObligationKind.PAY:
        return amounts[0] is not None and amounts[0] == amounts[1]
    pairs = (
        amounts,
        [o.quantity.value if o.quantity is not None else None for o in (one, other)],
        [o.due.latest if o.due is not None else None for o in (one, other)],
    )
    return all(a is None or b is None or a == b for a, b in pairs)


def _role_of(text: Text | None) -> Role | None:
    found = role_at(text.value) if text is not None else None
    return found[0] if found else None


def _names(rows: Sequence[Clause]) -> dict[Role, list[Text]]:
    """Return the words by which the document calls each role, as first used; per language."""
    out: dict[Role, list[Text]] = {}
    for row in rows:
        for one in defined(row.view):
            if one.terms and all(t.span != one.terms[0].span for t in out.get(one.role, [])):
                out.setdefault(one.role, []).extend(one.terms[:1])
    for row in rows:
        for role in (*_GIVER, *_TAKER):
            if role not in out:
                hit = cue("roles", role.value).search(row.view.text)
                if hit and hit.group().strip()[:1].isupper() | bool(re.match("[\u4e00-\u9fff]", hit.group())):
                    out[role] = [row.view.written(*hit.span())]
    return out


def _pair(names: dict[Role, list[Text]], kind: ObligationKind, language: str) -> tuple[Text | None, Text | None]:
    giver = next((names[r][0] for r in _GIVER if r in names), None)
    taker = next((names[r][0] for r in _TAKER if r in names), None)
    doubt = "not named here: by the kind of obligation"
    pair = (taker, giver) if kind is ObligationKind.PAY else (giver, taker)
    return tuple(replace(t, uncertain=doubt) if t is not None else None for t in pair)  # type: ignore[return-value]


def _from_clause(
    reading: Reading, head: Head, row: Clause, names: dict[Role, list[Text]], base: Money | None
) -> Iterator[Obligation]:
    if cue("obligations", "aside").search(row.body.text) and not cue("obligations", "keep_secret").search(
        row.body.text
    ):
        return
    for sentence in sentences(row.body, semicolons=True):
        kind = _kind(sentence.text, row.section)
        if kind is None:
            continue
        if kind is ObligationKind.DELIVER and _NO_DELIVERY.search(sentence.text):
            continue
        debtor, creditor, explicit = _parties(sentence, kind, names)
        modal = cue("obligations", "modal").search(sentence.text) is not None
        if not (modal or explicit) or (
            _NOT_DUTY.search(sentence.text) and not modal and kind is not ObligationKind.LICENSE_PRODUCTION
        ):
            continue
        if kind is ObligationKind.PAY and not _pays(sentence.text):
            continue
        if (
            kind is ObligationKind.DELIVER
            and re.search(r"согласно|见附件|in accordance with annex", sentence.text, re.IGNORECASE)
            and not find_quantities(sentence.text)
            and row.section == "delivery"
            and not find_dates(sentence.text)
        ):
            continue
        money, due = _money(sentence, base), _due(sentence, head)
        quantity = _quantity(sentence, kind)
        condition = _condition(sentence)
        named = designations_in(sentence)
        object_ = None
        if named and named[0].span is not None:
            object_ = Text(named[0].written, named[0].value, "", named[0].span)
        if kind is ObligationKind.KEEP_SECRET and debtor is not None and creditor is not None and debtor == creditor:
            yield from _mutual(reading, head, sentence, names, debtor, condition)
            continue
        yield Obligation(
            reading.exhibit.digest,
            head.agreement_number,
            kind,
            debtor,
            creditor,
            object_,
            quantity,
            money,
            due,
            condition,
            (sentence.span(0, len(sentence.text)),),
            OBLIGATIONS.name,
            OBLIGATIONS.version,
        )


def _mutual(
    reading: Reading, head: Head, sentence: View, names: dict[Role, list[Text]], both: Text, condition: Text | None
) -> Iterator[Obligation]:
    """Yield an obligation of both parties once for each, by the names that the document has for them."""
    giver = next((names[r][0] for r in _GIVER if r in names), None)
    taker = next((names[r][0] for r in _TAKER if r in names), None)
    sides = [(giver, taker), (taker, giver)] if giver is not None and taker is not None else [(both, both)]
    doubt = f"bound together: {both.value}"
    for debtor, creditor in sides:
        yield Obligation(
            reading.exhibit.digest, head.agreement_number, ObligationKind.KEEP_SECRET,
            replace(debtor, uncertain=doubt) if debtor is not both else both,
            replace(creditor, uncertain=doubt) if creditor is not both else both, None, None, None, None, condition,
            (sentence.span(0, len(sentence.text)),), OBLIGATIONS.name, OBLIGATIONS.version,
        )  # fmt: skip


def _kind(text: str, section: str) -> ObligationKind | None:
    """Return what the sentence obliges to; the special before the general."""
    for kind in _ORDER:
        hit = cue("obligations", kind.value).search(text)
        if hit is None:
            continue
        if kind is ObligationKind.PAY and section == "subject" and cue("obligations", "deliver").search(text):
            continue
        if kind is ObligationKind.TRAIN and section == "payment":
            continue
        if kind is ObligationKind.DELIVER and section in ("payment", "price"):
            continue
        if kind is ObligationKind.KEEP_SECRET and not re.search(
            r"обязу|не разгла|не раскры|не подлеж|храни|сохраня|конфиденциальн|зобов|не розгол|не розкри|保密|不得|泄露"
            r"|披露|shall|not disclose|undertake|keep|must|agree|confidential",
            text,
            re.IGNORECASE,
        ):
            continue
        return kind
    return None


def _pays(text: str) -> bool:
    return bool(_PERCENT.search(text) or any(f.value.currency for f in find_money(text)) or _RELATIVE.search(text))


def _parties(
    sentence: View, kind: ObligationKind, names: dict[Role, list[Text]]
) -> tuple[Text | None, Text | None, bool]:
    """Return debtor, creditor, and whether the sentence itself names the debtor doing it."""
    text = sentence.text
    hits: list[tuple[int, int, Role]] = []
    for start in [m.start() for m in re.finditer(r"(?<![^\W_])[^\W\d_]|[\u4e00-\u9fff]", text)]:
        if hits and start < hits[-1][1]:
            continue
        found = role_at(text, start)
        if (
            found is not None
            and found[1] > start
            and (text[start].isupper() or re.match("[\u4e00-\u9fff]|the ", text[start:]))
        ):
            hits.append((start, found[1], found[0]))
    if kind is ObligationKind.KEEP_SECRET:
        both = _BOTH.search(text)
        if both:
            made = sentence.written(*both.span())
            return made, made, True
    wanted = _TAKER if kind is ObligationKind.PAY else _GIVER
    debtor = next((h for h in hits if h[2] in wanted), None)
    if debtor is None and hits and kind in (ObligationKind.KEEP_SECRET,):
        debtor = hits[0]
    explicit = debtor is not None
    pair = _pair(names, kind, sentence.language)
    debtor_text = sentence.written(debtor[0], debtor[1]) if debtor else pair[0]
    creditor = next(
        (h for h in hits if debtor is not None and h[2] in _OPPOSITE.get(debtor[2], ()) and h != debtor), None
    )
    creditor_text = sentence.written(creditor[0], creditor[1]) if creditor else pair[1]
    return debtor_text, creditor_text, explicit


def _money(sentence: View, base: Money | None) -> Money | None:
    founds = [f for f in find_money(sentence.text) if f.value.amount is not None and f.value.currency]
    if founds:
        return sentence.attach(founds[0])
    hit = _PERCENT.search(sentence.text)
    if hit is None or hit.group(1) is None:
        return None
    span = sentence.span(*hit.span())
    if base is None or base.amount is None:
        return Money(span.quote, None, None, "a share of an amount that is not stated here", span)
    share = Decimal(hit.group(1).replace(",", "."))
    amount = (base.amount * share / 100).quantize(Decimal("0.01")).normalize()
    amount = amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount
    return Money(span.quote, amount, base.currency, f"computed: {share} % of {base.written.strip()}", span)


def _due(sentence: View, head: Head) -> DateRange | None:
    dates = [d for d in find_dates(sentence.text) if d.value.latest is not None]
    for found in dates:
        before = sentence.text[max(0, found.start - 40) : found.start]
        if re.search(r"(?:№|No\.?|号)\s*\S+\s*(?:от|dated|of)?\s*$", before):
            continue
        return sentence.attach(found)
    for hit in _RELATIVE.finditer(sentence.text):
        window = sentence.text[max(0, hit.start() - 34) : hit.end() + 30]
        if not _DEADLINE.search(window) or re.match(r"лет|年", hit.group("unit")):
            continue
        if not re.match(r"дн|день|дня|дней|днів|days?|个?(?:工作)?(?:日|天)", hit.group("unit"), re.IGNORECASE):
            continue
        span = sentence.span(*hit.span())
        days = int(hit.group("days"))
        around = sentence.text[max(0, hit.start() - 60) : hit.end() + 60]
        working = bool(hit.group("kind")) and not re.match(r"календ|calendar|个?日历", hit.group("kind"), re.IGNORECASE)
        doubt = "working days counted as calendar days; " if working else ""
        signing = head.agreement_date
        if (
            _SIGNING.search(around)
            and not re.search(r"акт|验收|交接|certificate|protocol", around)
            and signing is not None
            and signing.latest is not None
            and signing.earliest is not None
        ):
            until = signing.latest + timedelta(days=days)
            return DateRange(span.quote, signing.earliest, until, f"{doubt}counted from the agreement's date", span)
        return DateRange(span.quote, None, None, f"{doubt}counted from a day that is not stated here", span)
    return None


def _quantity(sentence: View, kind: ObligationKind) -> Quantity | None:
    founds = find_quantities(sentence.text)
    time = ("day", "month", "week", "year", "hour", "quarter")
    if kind is ObligationKind.TRAIN:
        chosen = [f for f in founds if f.value.unit == "person"]
        hit = _TRAINEES.search(sentence.text) if not chosen else None
        if hit is not None:
            span = sentence.span(*hit.span())
            return Quantity(span.quote, Decimal(hit.group(1)), "person", "", span)
    elif kind in (ObligationKind.PAY, ObligationKind.KEEP_SECRET):
        chosen = []
    else:
        chosen = [f for f in founds if f.value.unit not in time and f.value.unit not in ("person", "percent")]
    return sentence.attach(chosen[0]) if chosen else None


def _condition(sentence: View) -> Text | None:
    hit = cue("obligations", "condition").search(sentence.text)
    if hit is None:
        return None
    stop = re.search(r"[,;.，；。]|$", sentence.text[hit.end() :])
    end = hit.end() + (stop.start() if stop else 0)
    start = hit.start()
    if re.match("[\u4e00-\u9fff]", hit.group()[:1]) and not re.match("如果|若|凭|收到|前提", hit.group()):
        piece = list(re.finditer(r"[,，;；。]", sentence.text[: hit.start()]))
        start, end = (piece[-1].end() if piece else 0), hit.end()
    return sentence.written(start, end) if end - start > 3 else None


OBLIGATIONS = Extractor(
    "obligations",
    VERSION,
    "What parties are bound to: deliver, pay, train, transfer technology, integrate, license production, keep secret.",
    "Clauses with a modal word or a party doing it, and rows of schedules; penalties and options are left out.",
    extract=extract,
)
