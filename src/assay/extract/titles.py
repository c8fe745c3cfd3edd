"""Lines that a document may be named by: which kind they name, and how much they look like a title.

Purpose: a kind word at the head of a line, in capitals, alone or with a number, is a title; the same word in a
sentence is not.
Limits: a title broken over two lines is known by the line that holds its kind word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assay.extract.halves import script
from assay.extract.misreadings import misread, plain
from assay.extract.references import SIGN, TOKEN, Named
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue, keys
from assay.model import DocumentKind, Text

TITLE_CHARS = 160
_SIGNED = re.compile(rf"{SIGN}\s*(?P<number>{TOKEN})", re.IGNORECASE)
_SPACED = re.compile(r"(?:[^\W\d_]\s){3,}[^\W\d_](?!\w)")
_SENTENCE_END = re.compile(r"(?<!\bNo)(?<!\bno)(?<!\bNO)(?<!\bг)[.;。；](?:\s|$)")


_RUNNING = re.compile(
    r"\s*(?:(?:страница|стр\.?|лист|сторінка|стор\.?|page|p\.|sheet|页码)\s*\d+[\s\d/,.]*(?:из|листов|з|of"
    r"|/)?\s*\d*|第\s*\d+\s*页[,，]?\s*共\s*\d+\s*页)"
    r"(?:\s*/\s*(?:(?:page|p\.|стр\.|страница|sheet|页码|стор\.)\s*\d+[\s\d/]*(?:of|из|з|/)?\s*\d*"
    r"|第\s*\d+\s*页[,，]?\s*共\s*\d+\s*页))?\s+(?=\S)",
    re.IGNORECASE,
)
"""A running page number that a reader has put on the title's line."""


@dataclass(frozen=True, slots=True)
class Title:
    """A line that may be a title: its kind, how plainly, which line of the zone, and where the kind word stands.

    `begin` is where the title begins on its line: behind a running page number or a stamp.
    """

    kind: DocumentKind
    score: float
    line: int
    start: int
    end: int
    begin: int = 0


def titles_in(zone: list[View]) -> list[Title]:
    """Return every line of the zone that could be a title, with its kind and how plainly it is one."""
    out: list[Title] = []
    for index, row in enumerate(zone):
        shut = closed(row)
        skip = stamped(shut.text)
        text = healed(shut.text[skip:]) if row.page.how == "ocr" else shut.text[skip:]
        if len(text) > TITLE_CHARS * 2:
            text = text[:TITLE_CHARS]
        if row.kind == "table" and "\t" in row.text:
            continue
        for name in keys("kinds"):
            hit = _title_hit(name, text)
            twin = _twin_hit(name, text) if twin_at(text) is None else None
            if twin is not None:
                score = _score(text[twin[0] :], (0, twin[1] - twin[0]), row, index)
                hit = twin
            elif hit is not None:
                score = _score(text, hit, row, index)
            else:
                continue
            if score > 0:
                begin = len(row.text) - len(text) if shut is row else 0
                out.append(Title(DocumentKind(name), score, index, hit[0] + skip, hit[1] + skip, begin))
                break
    return out


def stamped(text: str) -> int:
    """Return where a line's own words begin: behind a running page number, and behind what is stamped over its head.

    A reader puts a stamp at the top of a page ("ПРОЕКТ DRAFT", "草案", "КОПИЯ") on the line that it touches.
    """
    lead = _RUNNING.match(text)
    start = lead.end() if lead else 0
    stop = stamps(text, start)
    if stop > start and _stands_alone(text[start:stop], text[stop:]):
        return stop
    again = _HEADED.match(text, start)
    return again.end() if again and plain(again["number"]) == plain(again["twin"]) else start


def stamps(text: str, start: int = 0) -> int:
    """Return where a run of stamped words that begins at `start` ends, with their version numbers; else `start`."""
    at = start
    while at < len(text):
        hit = next((h for key in ("draft", "stamp") if (h := cue("head", key).match(text, at))), None)
        if hit is None or hit.end() == at or _GENITIVE.search(hit.group()):
            break
        gap = _VERSION.match(text, hit.end())
        if gap is None or gap.end() == len(text):
            break
        at = gap.end()
    return at


def draft_stamp(row: View) -> tuple[int, int] | None:
    """Return where a draft's mark is stamped before a title on the title's line, None when there is none."""
    found = titles_in([row])
    lead = _RUNNING.match(row.text)
    start = lead.end() if lead else 0
    stop = stamps(row.text, start)
    if not found or found[0].begin != stop or stop == start:
        return None
    return (start, stop) if cue("head", "draft").search(row.text, start, stop) else None


_HEADED = re.compile(
    rf"(?P<word>[^\W\d_]+)\s*{SIGN}\s*(?P<number>{TOKEN})\s+(?=(?P=word)\s*{SIGN}\s*(?P<twin>{TOKEN}))", re.IGNORECASE
)
"""A running head on the line of the title that it repeats: Контракт № 7 КОНТРАКТ № 7."""
_VERSION = re.compile(
    r"(?:[\s,—–\-]*(?:№|No\.?|v\.?|ver(?:sion|\.)?|rev(?:ision|\.)?|редакци[яі]\w?|редакція|версия|версія)?\s*[\dЗз]{1,2}"
    r"(?:\.\d{1,2})?)?\s*[/|,.:;—–\-]?(?:\s+|(?<=\s))(?=\S)",
    re.IGNORECASE,
)
"""What follows a stamped word: the draft's number, and a gap."""
_GENITIVE = re.compile(
    r"(?:договора|контракта|соглашения|приложения|протокола|лицензии|акта|договору|угоди|додатк[ау]|of\s)",
    re.IGNORECASE,
)


def _stands_alone(marks: str, title: str) -> bool:
    """Tell whether marks are a stamp, and no words of the title ("Проект договора", "Draft Agreement")."""
    if _GENITIVE.match(title):
        return False
    one, other = script(marks), script(title)
    return len(marks.split()) > 1 or one != other or other != "latin" or (marks.isupper() != title[:24].isupper())


_ALIKE_WORD = re.compile(r"(?<![^\W\d_])[ABCEHIKMOPTXY]{5,}(?![^\W\d_])")
_CYRILLIC = str.maketrans("ABCEHIKMOPTXY", "АВСЕНІКМОРТХУ")


_MISREAD_SIGN = re.compile(r"(?<=[\u0400-\u04ff])\s+(?:N[eoо°º]|М[еоo]|Ме)\.?\s+(?=[^\W_]*\d|[A-ZА-Я]{2,}[\-/])")


def healed(text: str) -> str:
    """Return recognised text with words of nothing but letters that Cyrillic shares put into Cyrillic (KOHTPAKT)."""
    return _ALIKE_WORD.sub(lambda m: m.group().translate(_CYRILLIC), text)


def mended(title: Text) -> Text:
    """Return a recognised title with the value that `healed` gives it, and its number sign as one."""
    return replace(title, value=_MISREAD_SIGN.sub(" № ", healed(title.value)))


def closed(row: View) -> View:
    """Return the row with letter-spaced words ("Д О Г О В О Р", 合 同) closed."""
    keep = [True] * len(row.text)
    for hit in _SPACED.finditer(row.text):
        for i in range(hit.start(), hit.end()):
            if row.text[i].isspace():
                keep[i] = False
    if all(keep):
        return row
    pairs = [(c, a) for c, a, k in zip(row.text, row.at, keep, strict=True) if k]
    return replace(row, text="".join(c for c, _ in pairs), at=tuple(a for _, a in pairs))


def _title_hit(name: str, text: str) -> tuple[int, int] | None:
    """Return where the kind's word stands as a title would have it: at the start, or at the end of a short line."""
    pattern = cue("kinds", name)
    lead = re.match(r"[\s\"«»(\[*#/|.\-–—\d]*", text)
    begin = lead.end() if lead else 0
    hit = pattern.match(text, begin)
    if hit:
        return hit.span()
    head = text[:TITLE_CHARS]
    for stroke in re.finditer(r"\s/\s+(?=[^\W\d_])", head):
        other = pattern.match(text, stroke.end())
        if other and other.group()[:1].isupper() and re.match(rf"\s*(?:$|{SIGN}|\d)", text[other.end() :]):
            return other.span()
    if _ABOUT.match(head):
        return None
    stop = twin_at(head)
    if stop is not None:
        first = _title_hit(name, head[:stop])
        if first is not None:
            return first
    hits = list(pattern.finditer(head))
    if not hits or _SENTENCE_END.search(head.rstrip(" .")):
        return None
    last = hits[-1]
    for han in hits:
        if not re.match(rf"[{HAN}]", han.group()):
            continue
        rest = head[han.end() :]
        short = len(head) <= 48 and re.fullmatch(rf"\s*(?:[(].{{0,30}}[)])?\s*(?:{SIGN}.*)?", rest)
        if short and not re.search(r"[,:]", head[: han.start()]):
            return han.span()
    if re.match(rf"[{HAN}]", last.group()):
        return None
    if len(head) > 110 or head[:1].islower():
        return None
    letters = [c for c in head if c.isalpha()]
    upper = sum(c.isupper() for c in letters) > 0.7 * len(letters)
    capital = last.group()[:1].isupper()
    if (upper or capital) and re.match(
        rf"\s*(?:$|{SIGN}|[№(,\-–—:/]|\d|of|for|on|на|о|об|про|between)", head[last.end() :], re.IGNORECASE
    ):
        words = head[: last.start()].split()
        if len(words) <= 7 and (upper or sum(w[:1].isupper() for w in words) * 2 >= len(words)):
            return last.span()
    return None


def _twin_hit(name: str, text: str) -> tuple[int, int] | None:
    """Return the kind's word where a line says one thing in Han and then in letters ("合同编号:7 CONTRACT No. 7")."""
    for hit in cue("kinds", name).finditer(text, 2):
        if re.match(f"[{HAN}]", hit.group()) or not hit.group()[:1].isupper() or not text[hit.start() - 1].isspace():
            continue
        if re.match(rf"\s*{SIGN}", text[hit.end() :]) and script(text[: hit.start()]) == "han":
            return hit.span()
    return None


_TWIN = re.compile(r"\s[/|IІl1]\s+(?=[^\W\d_])")
"""A stroke, or what recognition makes of one."""


def twin_at(text: str, begin: int = 0) -> int | None:
    """Return where the stroke stands behind which a title goes on in another language, None where there is none."""
    for hit in _TWIN.finditer(text, begin):
        first, second = healed(text[begin : hit.start()]), text[hit.end() :]
        if script(first) != script(second) and "none" not in (script(first), script(second)):
            return hit.start()
    return None


def _twin_numbered(text: str) -> bool:
    """Tell whether a line names one number twice, once in each language: a label ("合同编号:7 / CONTRACT No. 7")."""
    stop = twin_at(text)
    if stop is None:
        return False
    first = re.search(rf":\s*(?P<number>{TOKEN})\s*$", text[:stop])
    second = _SIGNED.search(text, stop)
    return first is not None and second is not None and plain(first["number"]) == plain(second["number"])


_ABOUT = re.compile(r"\s*(?:(?:О|Об|Про|Щодо|Касательно|Относительно|Re|Subject)[\s:]|关于)", re.IGNORECASE)
"""A letter's subject line, which names a contract and is none."""


def _score(text: str, hit: tuple[int, int], row: View, index: int) -> float:
    letters = [c for c in text[: max(60, hit[1])] if c.isalpha()]
    word = text[hit[0] : hit[1]]
    score = 3.0 - 0.04 * index
    han = bool(re.search(f"[{HAN}]", word))
    if not han and word.upper() == word:
        score += 2.0
    elif han or word[:1].isupper():
        score += 0.8
    else:
        score -= 3.0
    if len(text) <= (24 if han else 70):
        score += 1.0
    if not han and letters and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        score += 0.6
    if row.kind == "heading":
        score += 0.6
    if re.match(rf"\s*(?:{SIGN}|\d|[一二三四五六七八九十])", text[hit[1] :]):
        score += 0.8
    before = text[: hit[0]].strip()
    if before and cue("head", "belongs").fullmatch(before):
        return 0.0
    if ":" in text[: hit[1] + 3] and len(text) > hit[1] + 4 and not _twin_numbered(text):
        score -= 2.5
    if row.page.number > 1:
        score -= 1.0
    if re.search(r"[.;。；]\s*$", text) and (
        len(text) > 60 or (han and len(text) > 14 and text.rstrip()[-1] in "。；")
    ):
        score -= 2.0
    if len(text) > TITLE_CHARS - 1:
        score -= 1.5
    if re.match(r"\s*\d+\.", text):
        score -= 1.5
    return score


def bare_title(best: Title, zone: list[View], named: list[Named]) -> bool:
    """Tell whether a title is no more than a contract's name and number, as running heads and references are."""
    row = zone[best.line]
    return best.kind is DocumentKind.CONTRACT and any(
        n.view is row and n.start <= 2 and n.end >= len(row.text) - 24 for n in named
    )


def own_title(titles: list[Title], best: Title, zone: list[View], named: list[Named]) -> Title:
    """Return the document's own title where the best one is a running head that names its contract."""
    if best.kind not in (DocumentKind.CONTRACT, DocumentKind.ANNEX):
        return best
    if best.kind is DocumentKind.ANNEX and _FILED.match(zone[best.line].text):
        filed = [t for t in titles if t.kind in _BINDING and 0 <= t.line - best.line <= 14 and t.score >= 3.0]
        return max(filed, key=lambda t: (t.score, -t.line)) if filed else _within(best, zone)
    if not bare_title(best, zone, named):
        return best
    near = [t for t in titles if t.kind is not DocumentKind.CONTRACT and 0 < t.line - best.line <= 7 and t.score >= 3.0]
    if near:
        return max(near, key=lambda t: (t.score, -t.line))
    return under_head(titles, best, zone, named)


def under_head(titles: list[Title], title: Title, zone: list[View], named: list[Named]) -> Title:
    """Return the title right under a running head of the same kind, number and script, else the title itself."""
    if not bare_title(title, zone, named):
        return title
    words = script(zone[title.line].text)
    again = [
        t
        for t in titles
        if t.kind is title.kind and 0 < t.line - title.line <= 2 and t.score >= 3.0
        if script(_own_words(zone[t.line], t)) == words and _one_number(zone[title.line], zone[t.line], named)
    ]
    return min(again, key=lambda t: t.line) if again else title


def _own_words(row: View, title: Title) -> str:
    """Return the words of a title in its own language, without what is stamped before it."""
    return healed(row.text[title.begin : twin_at(row.text, title.begin)])


def _one_number(one: View, other: View, named: list[Named]) -> bool:
    """Tell whether two lines name a contract by one number: a running head, and the title under it."""
    numbers = {plain(n.number.value) for n in named if n.view is one}
    others = {plain(h.group("number")) for h in _SIGNED.finditer(other.text)} if other.page.how == "ocr" else set()
    return any(number in plain(other.text) or any(misread(number, twin) for twin in others) for number in numbers)


_FILED = re.compile(r"\s*(?:exhibit|ex)[\s.\-]*\d{1,2}\.\(?[a-z\d]", re.IGNORECASE)
"""A registrar's filing mark ("Exhibit 10.3"), which names the filing's exhibit and no annex of an agreement."""
_BINDING = (DocumentKind.CONTRACT, DocumentKind.LICENCE, DocumentKind.AMENDMENT)


def _within(best: Title, zone: list[View]) -> Title:
    """Return the kind that stands behind a filing mark on the same line, or the mark itself."""
    text = closed(zone[best.line]).text[:TITLE_CHARS]
    for kind in (DocumentKind.AMENDMENT, DocumentKind.LICENCE, DocumentKind.CONTRACT):
        for hit in cue("kinds", kind.value).finditer(text, best.end):
            if hit.group()[:1].isupper():
                return Title(kind, best.score, best.line, hit.start(), hit.end())
    return best


def title_above_preamble(titles: list[Title], zone: list[View]) -> Title | None:
    """Return the best title above the formula that binds the parties, None without one.

    Who binds parties ("hereinafter the Seller") is a contract, however poorly its title was set or read.
    """
    bound = next((i for i, row in enumerate(zone) if cue("roles", "define").search(row.text)), None)
    if bound is None:
        return None
    above = [t for t in titles if t.kind in _BINDING and t.line < bound and not re.match(r"\s*\d", zone[t.line].text)]
    return max(above, key=lambda t: (t.score, -t.line), default=None)


def special_title(titles: list[Title], best: Title, zone: list[View]) -> Title:
    """Return the title of the more special kind when a general one (annex, contract, minutes) stands right above it."""
    general = (DocumentKind.ANNEX, DocumentKind.CONTRACT, DocumentKind.MINUTES)
    if best.kind is DocumentKind.ANNEX:
        inside = _inside(best, zone)
        if inside is not None:
            return inside
        near = [t for t in titles if t.kind not in general and 0 < t.line - best.line <= 8 and t.score >= 3.5]
        near += [t for t in titles if t.kind not in general and 0 < best.line - t.line <= 2 and t.score >= 3.5]
        if near:
            return max(near, key=lambda t: t.score)
    return best


def _inside(best: Title, zone: list[View]) -> Title | None:
    """Return a special kind named behind the annex on its line: "Приложение 3 к ... ГРАФИК ПЛАТЕЖЕЙ"."""
    text = closed(zone[best.line]).text
    for name in ("price_protocol", "payment_schedule", "delivery_schedule", "acceptance_act", "training_programme"):
        for hit in cue("kinds", name).finditer(text, best.end):
            if hit.group()[:1].isupper() and re.search(r"[.\s)号]\s*$", text[: hit.start()]):
                return Title(DocumentKind(name), best.score, best.line, hit.start(), hit.end())
    return None
