"""Names of organisations, states' offices and persons in running text, by form.

Purpose: legal forms, head nouns, positions and the shape of names; no statistical model.
Limits: an organisation without a form or a head noun, and a person without initials, patronymic, title or position,
are not seen; names in running Chinese may begin a character too early.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from assay.extract.renderings import rendered_until
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue, words

_U = "A-ZА-ЯЁІЇЄҐ"
_L = "a-zа-яёіїєґ"
_OPEN, _SHUT = '[«"“„]', '[»"”“]'
_PLAIN = r"[^«»\"“”„()\t]"
_QUOTE = (
    rf"(?:«{_PLAIN}{{1,70}}«{_PLAIN}{{1,50}}»(?:\s?»)?"
    rf"|{_OPEN}\s?(?:{_PLAIN}{{1,70}}?)(?:[«“„]{_PLAIN}{{1,50}}[»”“])?\s?{_SHUT})"
)
"""A quoted name; a name within it may be quoted too, and Russian setting then closes both at once."""
_STOP_WORD = re.compile(
    r"(?:именуем|в(?!\w)|с(?!\w)|и(?!\w)|на(?!\w)|по(?!\w)|о(?!\w)|об(?!\w)|что(?!\w)|не(?!\w)|для(?!\w)"
    r"|от(?!\w)|до(?!\w)|за(?!\w)|далее|также|как(?!\w)|который|которая|которое|у(?!\w)|к(?!\w)|із?(?!\w)"
    r"|та(?!\w)|й(?!\w)|що(?!\w)|про(?!\w)|при(?!\w)|сообщ|заяв|подтверд|повідом|действу)",
    re.IGNORECASE,
)
_VERB = re.compile(r"(?:[аеиоуыя]л[аои]?|[аеиуюя]т|[аеия]ть|с[яь]|[иі]в|ши|[ую]щ\w+|нн(?:ы|о|а)|ено|ена|ав)$")


NO_PART = re.compile(
    r"(?:Заместител|Директор|Начальник|Председател|Президент|Генеральн|Руководител|Министр|По$|О$|Об$|Тема|Исх|Кому|От$"
    r"|Касательно|Плательщик|Получател|Покупател|Поставщик|Продав|Заказчик|Уважаем|Дата|Подпис|Банк|Сч[её]т|Щодо|Голова"
    r"|Керівник|Заступник|Назначение|Основание|Сумма|Статус)"
)
"""Capitalised words that begin something else behind an office's name, where a line's end was lost."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name's place in a view, and its kind: person, organisation or state."""

    start: int
    end: int
    kind: str


@cache
def _cyrillic() -> re.Pattern[str]:
    forms = "|".join(
        sorted(
            (*words("organisations", "prefix", "ru"), *words("organisations", "prefix", "uk")), key=len, reverse=True
        )
    )
    word = rf"[{_L}][{_L}\-]+"
    lead = rf"(?:(?!Прес)[{_U}][{_L}\-]+(?:ое|ая|ый|ий|ого|ой|ому|ым|ом|а|е|ій) +)?"
    return re.compile(
        rf"(?<![\w])(?P<name>{lead}(?:{forms})(?: +(?:{forms}|{word})){{0,6}} *{_QUOTE}(?: +(?:{forms})(?!\w))?"
        rf"|{_QUOTE},? +(?:{forms})(?![\w]))"
    )


@cache
def _heads() -> re.Pattern[str]:
    heads = "|".join(
        sorted((*words("organisations", "head", "ru"), *words("organisations", "head", "uk")), key=len, reverse=True)
    )
    return re.compile(rf"(?<![\w])(?:{heads})(?![\w])")


@cache
def _han() -> re.Pattern[str]:
    ends = "|".join(
        sorted((*words("organisations", "suffix", "zh"), *words("organisations", "head", "zh")), key=len, reverse=True)
    )
    return re.compile(rf"(?:{ends})(?![司厂部局会院所](?!长))")


HAN_BREAK = re.compile(
    r"(?:以下|未收到|收到|有权|自费|变更|采访|一方|或|正在|正继续|继续|由|与|(?<!共)和|及|向|据|在|从|给|对|被|称|于|按|为|是|的|将|已|但|而|并|等|或|该|经|让|把|因|受|代表|根据|关于|其中|之间"
    r"|通过|作为|包括|兹|致|此|下列|签署方|依据|章程|支付|订立|应|符合|参加|境内|双方|地址|第\d+条|出厂|开户行|账户|汇入|拨付|派出"
    r"|经过|所有|任何|各|每|其他|货物|产品质量|合同|协议|起\d+|内)"
)
_HAN_ROLE = re.compile(
    r"^(?:卖方|买方|供方|需方|甲方|乙方|丙方|出口方|进口方|许可方|被许可方|转让方|受让方|收货人|付款方|收款方|付款人|收款人|开户行|银行|购买方|采购方|名称|单位|公司|发件人|收件人|[:：])+"
)


@cache
def _english() -> re.Pattern[str]:
    ends = "|".join(sorted(words("organisations", "suffix", "en"), key=len, reverse=True))
    token = r"(?:[A-Z]\.(?:[A-Z]\.)*|[A-Z][\w&'’\-]*)"
    link = r"(?:of|and|for|&|de|the|in|on)"
    run = rf"{token}(?: +(?:{link} +)?{token}){{0,7}}?"
    return re.compile(
        rf"(?<![\w])(?P<name>{run}(?:,? *\([A-Z][\w .]{{1,30}}\))?,? +(?:{ends})(?:,? +(?:{ends}))*(?![\w]))"
    )


@cache
def _english_other() -> re.Pattern[str]:
    forms = "|".join(sorted(words("organisations", "prefix", "en"), key=len, reverse=True))
    heads = "|".join(sorted(words("organisations", "head", "en"), key=len, reverse=True))
    weak = "|".join(sorted(words("organisations", "weak", "en"), key=len, reverse=True))
    token = r"[A-Z][\w'’\-]*"
    return re.compile(
        rf"(?<![\w])(?P<name>(?:{forms}) +{_QUOTE}|(?:{heads}) +(?:the +)?{token}(?: +(?:(?:of|and|for|the"
        rf"|of the) +)?{token}){{0,7}}"
        rf"|{token}(?: +(?:and +|& +)?{token}){{1,5}} +(?:{weak})(?![\w])"
        rf"(?: +of(?: +the)? +{token}(?: +(?:of(?: the)? +|and +)?{token}){{0,4}})?"
        rf"|{token}(?: +{token}){{0,4}} +(?:{weak}) +of(?: +the)? +{token}(?: +(?:of(?: the)? +|and +)?{token}){{0,4}}"
        rf"|(?:the +)?[A-Z][\w\-]+(?: +[A-Z][\w\-]+)* +\(?(?:{forms})\)?(?![\w]))"
    )


def organisations_in(view: View) -> list[Name]:
    """Return the organisations and offices named in a view, in text order, the longest of those that overlap."""
    text = view.text
    found = [Name(*h.span("name"), "organisation") for h in _cyrillic().finditer(text)]
    found += [n for h in _heads().finditer(text) if (n := _headed(text, h)) is not None]
    if re.search(f"[{HAN}]", text):
        found += [_own_line(view, n) for h in _han().finditer(text) if (n := _han_name(text, h)) is not None]
    if re.search(r"[A-Za-z]{2}", text):
        for pattern in (_english(), _english_other()):
            found += [n for h in pattern.finditer(text) if (n := _latin_name(text, h)) is not None]
    return [_own_lines(view, _first_line(view, name)) for name in longest(found)]


_POST = re.compile(r"(?<!\w)(?:Board|Director|President|Chairman|Chief|Manager|Minister|Head|Commander)(?!\w)")


def _own_lines(view: View, name: Name) -> Name:
    """Return a name without the line of a person and a position that stands above it and was read into it."""
    raw = view.page.text
    for at in range(name.start + 1, name.end - 1):
        if "\n" not in raw[view.at[at] : view.at[at + 1]] or not _POST.search(view.text, name.start, at):
            continue
        rest = view.part(at + 1, name.end)
        alone = [n for n in organisations_in(rest) if n.start == 0 and n.end == len(rest.text)]
        if alone:
            return Name(at + 1, name.end, name.kind)
    return name


def _first_line(view: View, name: Name) -> Name:
    """Return a name that fills a line without what the next line adds (an address, a place), if it is whole by then."""
    raw = view.page.text
    opens = (
        name.start == 0
        or view.text[name.start - 1] == "\t"
        or "\n" in raw[view.at[name.start - 1] : view.at[name.start]]
    )
    if not opens or "\n" not in raw[view.at[name.start] : view.at[name.end - 1]]:
        return name
    for at in range(name.start + 1, name.end):
        if "\n" in raw[view.at[at] : view.at[at + 1 if at + 1 < name.end else at]]:
            alone = organisations_in(view.part(name.start, at))
            if len(alone) == 1 and alone[0].start == 0 and alone[0].end == at - name.start:
                return Name(name.start, at, name.kind)
            return name
    return name


def longest(found: list[Name]) -> list[Name]:
    """Return the names in text order; of two that overlap the longer stays."""
    kept: list[Name] = []
    for one in sorted(found, key=lambda n: (n.start - n.end, n.start)):
        if all(one.end <= k.start or one.start >= k.end for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda n: n.start)


def _headed(text: str, hit: re.Match[str]) -> Name | None:
    end = hit.end()
    count = 0
    upper = 0
    for token in re.finditer(r" +([^\s,.;:()«»\"]+)", text[hit.end() :]):
        word = token.group(1)
        if hit.end() + token.start() != end or count >= 9:
            break
        if (word in ("по", "з", "із") and count == 0) or (word in ("и", "та", "і", "по", "з") and count):
            after = re.match(rf"\s+[{_L}]{{4,}}", text[hit.end() + token.end() :])
            if after and not _VERB.search(after.group().strip()) and upper == 0:
                end = hit.end() + token.end()
                continue
            break
        if _STOP_WORD.match(word) and not word[:1].isupper():
            break
        if word[:1].islower() and (_VERB.search(word) or len(word) < 4 or upper):
            break
        if not word[:1].isalpha() or (word[:1].isupper() and NO_PART.match(word)):
            break
        upper += word[:1].isupper()
        end = hit.end() + token.end()
        count += 1
    quoted = re.match(rf"\s*{_QUOTE}", text[end:])
    if quoted:
        end += quoted.end()
    if (
        count == 0
        and not quoted
        and hit.group() not in ("Минобороны", "Міноборони")
        and not hit.group().startswith("Минпромторг")
    ):
        return None
    lead = re.search(rf"(?<!\w)[{_U}][{_L}\-]+(?:ое|ая|ый|ий|ого|ой|а|е|ій)\s$", text[: hit.start()])
    start = hit.start() - len(lead.group()) if lead and text[hit.start()].islower() else hit.start()
    return Name(start, end, "state" if re.match("Правительств|Уряд", hit.group()) else "organisation")


def _own_line(view: View, name: Name) -> Name:
    """Return a Chinese organisation without the person whose name ends the line before it."""
    for at in _breaks(view, name.start, name.end):
        before = view.text[name.start : at]
        if "·" in before or cue("persons", "position").match(before):
            return Name(at, name.end, name.kind)
    return name


def _breaks(view: View, start: int, end: int) -> list[int]:
    """Return where within a view a new line of the page begins (Chinese lines are joined without a gap)."""
    return [i for i in range(start + 1, end) if view.at[i] - view.at[i - 1] > 1]


def _han_name(text: str, hit: re.Match[str]) -> Name | None:
    start = hit.start()
    floor = max(0, start - 26)
    while start > floor and re.match(f"[{HAN}A-Za-z·\\-]", text[start - 1]):
        start -= 1
    if start > 1 and text[start - 1] in ')”"' and re.search(r"[(“\"][\u4e00-\u9fffA-Za-z·]{1,12}[)”\"]$", text[:start]):
        inner = re.search(r"[(“\"][\u4e00-\u9fffA-Za-z·]{1,12}[)”\"]$", text[:start])
        if inner:
            start = inner.start()
            while start > floor and re.match(f"[{HAN}]", text[start - 1]):
                start -= 1
    if re.match("出厂|进厂|到厂|在厂|全厂|本厂|该厂|各厂|双方公司", text[max(0, hit.end() - 2) : hit.end()]):
        return None
    body = text[start : hit.start()]
    for stop in list(HAN_BREAK.finditer(body)):
        rest = body[stop.end() :]
        if not rest and (len(stop.group()) > 1 or stop.group() in "或及的为被已"):
            return None
        if stop.group() in ("和", "与", "同", "自", "到", "有", "对", "向", "和") and not rest:
            continue
        if len(rest) >= 2 or (len(rest) >= 1 and len(hit.group()) >= 3):
            start = hit.start() - len(rest)
    if re.match("长(?!期|远|春|沙|江|城|安)", text[hit.end() :]) and not hit.group().endswith(("公司", "集团", "企业")):
        return None
    if hit.group().endswith("所") and re.match("[获得有需用述示涉取]", text[hit.end() :]):
        return None
    if hit.group() == "公司" and re.match("章程|印章|名称|地址|注册", text[hit.end() :]):
        return None
    role = _HAN_ROLE.match(text[start : hit.start()])
    if role:
        start += role.end()
    if hit.group() == "联合体" and re.match("境内|政府|领土|国防", text[hit.end() :]):
        return Name(start, hit.end(), "state")
    size = hit.start() - start
    if size < 2 or (hit.group() in ("公司", "集团", "中心", "基地", "企业", "厂", "政府") and size < 2):
        return None
    return Name(start, hit.end(), "organisation")


_NOT_FIRST = re.compile(
    r"^(?:(?:This|The|That|These|Such|And|By|In|On|To|For|From|Of|Between|Whereas|WHEREAS|THIS|Each|All"
    r"|Any|If|When|If|Whereby|Under|With|At|As|An?|Our|Your|Its|Re|Attn|Dear|Contract|Agreement|Supplier"
    r"|Seller|Buyer|Purchaser|Payee|Payer|Beneficiary|Bank|Customer|Vendor|Licensor|Licensee|AND|BETWEEN"
    r"|BY|OF|TO|BY|FOR|WITH|THE|Should|Furthermore|No|Mr|Ms|Dr|President|Director|Manager|CEO|General|Deputy|Minister)\b[\s.,:]*)+"
)
_NOT_LAST = re.compile(
    r"(?<=\w)(?<! of)(?<! the)(?<! and)(?<! for)(?<! Prime)(?<!Deputy)(?<!First)\s+"
    r"(?:Unified|Director|Chief|President|Chairman|Head|Date|Dated|Signed|Signature|Tel|Fax|Address|Account|Tax|VAT|Registration|SWIFT|BIC|IBAN|LEI|INN|Attn"
    r"|Subject|Deputy|Minister|Commander|Vice|Managing|Commercial|Executive|General Director|Director General)\b"
    r"(?!\s+(?:of the Board|Works|Bureau)\b)"
)
"""Words of a position or of a label that begin something else behind an organisation's name."""
_SECOND = re.compile(
    r"(?P<first>[A-Z][\w\-]+(?:\s+[A-Z][\w\-]+)+)\s+and\s+(?:(?:[A-Z][\w\-]+\s+){2,}(?:Works|Plant|Factory|Shipyard|Bureau"
    r"|Institute|Company|Group|Bank|Technologies|Systems|Industries)$|(?:Ministry|Department|Directorate|Agency|Committee|Office)\s+(?:of|for)\s)"
)
"""Two names that "and" joins: the second has a head noun of its own."""
_OFFICE = re.compile(
    r"^[A-Z][\w\-]+(?:\s+[A-Z][\w\-]+)*\s+and\s+(?P<second>(?:[A-Z][\w\-]+\s+){1,3}"
    r"(?:Authority|Agency|Committee|Administration|Directorate|Department|Office|Bureau)\s+(?:of|for)\s)"
)
"""A short name without a form, and an office behind "and"."""
_STATE_END = re.compile(
    r"(?P<state>.*\bof (?:the )?(?:Republic|Commonwealth|Kingdom|Federation|Emirate|State) of (?:the )?[A-Z][\w\-]+)"
    r"\s+[A-Z]"
)
_STREET = re.compile(
    r",\s*(?:\d+\s+)?[\w\s.\-]{2,30}\b(?:Street|St\.|Avenue|Ave|Road|Rd|Lane|Square|Embankment|Boulevard)(?!\w)"
)
"""What follows a town's name that a lost line end has put behind a state's office."""
_CODED = re.compile(r"(?:\S*\d{2}\S*\s+)+(?=[A-Z])")
"""Numbers and codes that a lost gap has put before a name."""
_GENERIC = re.compile(
    r"^(?:(?:the|a|an|each|any|such|other|said|holding|parent|insurance|public|listed|affiliated?"
    r"|successor|limited liability|private|joint stock|surviving|new|acquiring|subsidiary|third party"
    r"|operating)\s+)*(?:company|corporation|bank|trust|fund|group|agency|bureau|institute|plant|works"
    r"|university|partners|association|foundation|enterprises?|industries|holdings?|limited|factory"
    r"|concern|consortium)$",
    re.IGNORECASE,
)


@cache
def _weak() -> re.Pattern[str]:
    return re.compile(rf"(?:.*\s)?(?:{'|'.join(words('organisations', 'weak', 'en'))})(?:\s+of\s.*)?")


def _latin_name(text: str, hit: re.Match[str]) -> Name | None:
    start, end = hit.span("name")
    lead = _NOT_FIRST.match(text[start:end])
    if lead:
        start += lead.end()
    coded = _CODED.match(text[start:end])
    if coded:
        start += coded.end()
    behind = _NOT_LAST.search(text[start:end])
    if behind:
        end = start + behind.start()
    second = _SECOND.match(text[start:end])
    office = _OFFICE.search(text[start:end])
    if second:
        end = start + second.end("first")
    elif office:
        start += office.start("second")
    state = _STATE_END.match(text[start:end])
    if state and _STREET.match(text, end):
        end = start + state.end("state")
    name = text[start:end]
    if len(name) < 4 or _GENERIC.match(name.strip()) or not name[:1].isupper():
        return None
    if re.search(r"\b(?:Agreement|Contract|Section|Article|Annex|Exhibit)\b", name):
        return None
    if len(name.split()) < 2 or re.search(r"(?<!\w)[Aa]n? $", text[max(0, start - 3) : start]):
        return None
    common = len(name.split()) < 3 and " of " not in name
    if _weak().fullmatch(name) and (cue("organisations", "generic", "en").match(name) or common):
        return None
    return Name(start, end, "state" if name.startswith("Government of") else "organisation")


_INITIALS = r"(?:[A-ZА-ЯЁІЇЄҐ]\.\s?){1,2}"
_SURNAME = r"[A-ZА-ЯЁІЇЄҐ][a-zа-яёіїєґ'’]+(?:[-–][A-ZА-ЯЁІЇЄҐ][a-zа-яёіїєґ'’]+)?"
_PATRONYMIC = (
    r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’]+(?:вич|вна|ьич|ична|вича|вны|вичу|вне|вичем|вной|івна|івни|ївна|ївни|ичны|ьича|вною)(?!\w)"
)
_PERSON = re.compile(
    r"(?<![\w.])(?P<name>[A-Z][a-z]+ (?:[A-Z]\. ){1,2}[A-Z][a-z'’]+(?:-[A-Z][a-z]+)?(?!\w)"
    rf"|{_SURNAME}\s+{_SURNAME}\s+{_PATRONYMIC}|{_SURNAME}\s+{_PATRONYMIC}(?:\s+{_SURNAME})?"
    rf"|{_SURNAME}\s+{_INITIALS}(?!\w)|{_INITIALS}{_SURNAME}(?!\w))"
)
_LATIN_PERSON = (
    r"[A-Z][a-zA-Z'’\-]+\.?(?:\s+(?:[A-Z]\.|[a-z]{1,3}(?=\s[A-Z])"
    r"|[A-Z][a-zA-Z'’\-]+)){1,3}(?:,?\s+(?:Jr\.|Sr\.|I{2,3}|IV))?"
)
_WORDS_PERSON = re.compile(rf"\s*(?P<name>{_SURNAME}(?:\s+{_SURNAME}){{1,2}})")
_LATIN = re.compile(rf"\s*(?P<name>{_LATIN_PERSON})")


@cache
def _han_person() -> re.Pattern[str]:
    surname = "|".join(words("persons", "surname", "zh"))
    return re.compile(
        rf"(?P<name>(?:{surname})[\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff·])"
        rf"|[\u4e00-\u9fff]{{2,6}}·[\u4e00-\u9fff·]{{1,10}}|(?:{surname})[\u4e00-\u9fff]{{1,2}}(?=先生|女士|代表|签|收"
        rf"|,|，|、|和|与|$|表示|称|说|指出|告诉|介绍|透露|强调))"
    )


@cache
def _honorific() -> re.Pattern[str]:
    titles = "|".join(words("persons", "honorific", "en"))
    return re.compile(rf"(?<!\w)(?:{titles})\s+(?P<name>[A-Z][\w'’\-]+(?:\s+[A-Z][\w.'’\-]*){{0,3}})")


_SEAL = re.compile(
    r"((?:подпис\w*|підпис\w*|печат\w*|signature|seal)[\])]?,?)\s*(?:М\.\s?П\.|L\.\s?S\.|Л\.\s?С\.)", re.IGNORECASE
)
"""Seal marks beside a signature, which look like initials."""
_NO_PERSON = re.compile(
    r"(?:签字|签章|盖章|签名|日期|表示|签署|职务|姓名|公章|印章|代表|同意"
    r"|The Part|Authori[sz]ed|Date|Signed|Signature|Name|Title|Position)"
)


def persons_in(view: View) -> list[Name]:
    """Return persons known by shape or title: initials with surname, patronymic, honorific."""
    text = _SEAL.sub(lambda m: m.group(1) + " " * (len(m.group()) - len(m.group(1))), view.text)
    found = [Name(*h.span("name"), "person") for h in _PERSON.finditer(text) if not _abbreviation(h.group("name"))]
    found += [Name(*h.span("name"), "person") for h in _honorific().finditer(text)]
    return longest(found)


def _abbreviation(name: str) -> bool:
    return bool(re.match(r"(?:[ДгГМмПп]\.\s?){1,2}$", name)) or bool(
        re.search(
            r"(?:ул|Тел|Факс|Корп|Акт|Дата|Лист|Стр|Исх|Вх|Том|Глава|Часть|Пункт|Статья|Раздел|Приложение|Inc|Ltd"
            r"|Corp|Co|No|Art|Sec|Rev)\b",
            name,
        )
    )


_LABEL_BEHIND = re.compile(r"(?<=\w)\s+(?:Дата|Подпис\w*|Підпис\w*|Печать|Date|Dated|Signed|Signature|Seal)$")
"""A label of the next field, which a lost gap has put behind a person's name."""


def person_at(view: View, start: int) -> Name | None:
    """Return the person whose name begins at `start` (white space and dashes skipped), where a name must stand."""
    text = view.text
    skip = re.match(
        r"[\s:,—–\-/|\t_.]*(?:(?:г-на|г-жи|г-н|г-жа|господина|госпожи|пан|пана|Mr|Ms|Mrs|Dr)\.?\s+)?", text[start:]
    )
    begin = start + (skip.end() if skip else 0)
    for key in ("signed_weak", "signed_strong", "signed_picture"):
        mark = cue("head", key).match(text, begin)
        if mark is not None:
            gap = re.match(r"[\s:：,/_)\]]*(?:(?:М\.\s?П\.|L\.\s?S\.)\s*)?", text[mark.end() :])
            begin = mark.end() + (gap.end() if gap else 0)
    posted = cue("persons", "position").match(text, begin)
    if _NO_PERSON.match(text, begin) or (posted is not None and posted.end() - begin > 1):
        return None
    hit = _PERSON.match(text, begin)
    if hit:
        return Name(*hit.span("name"), "person")
    if re.match(f"[{HAN}]", text[begin : begin + 1]):
        acting = re.match(r"[\u4e00-\u9fff]{1,3}方由", text[begin:])
        begin += acting.end() if acting else 0
        hit = re.match(
            r"[\u4e00-\u9fff]{1,6}?(?:·[\u4e00-\u9fff]{1,8}?)+?(?=代表|先生|女士|签|[,，。;；、()\s]|$)", text[begin:]
        )
        if hit:
            return _of_one_line(view, begin, begin + hit.end())
        hit = _han_person().match(text, begin)
        if hit:
            return _of_one_line(view, hit.start("name"), rendered_until(text, *hit.span("name"), _han()))
        return None
    for pattern in (_WORDS_PERSON, _LATIN):
        hit = pattern.match(text, begin)
        if hit and not organisations_in(view.part(begin, min(len(text), hit.end("name") + 12))):
            label = _LABEL_BEHIND.search(hit.group("name"))
            return Name(hit.start("name"), hit.start("name") + label.start() if label else hit.end("name"), "person")
    return None


_MARKS = re.compile(
    r"(?:[\s_,.:：/—–\-(（\[]|М\.\s?П\.|L\.\s?S\.|подпис\w*|підпис\w*|печат\w*|signed|signature|seal"
    r"|已?签署(?!于)|签字|签章|盖章|签名|公章|[)）\]])+",
    re.IGNORECASE,
)


def _of_one_line(view: View, start: int, end: int) -> Name:
    """Return a Chinese person's name, cut where a line ends and the next one goes on with more than a name's rest."""
    for at in _breaks(view, start, end):
        further = re.match(f"[{HAN}]+", view.text[at:])
        if further is not None and further.end() > 4:
            return Name(start, at, "person")
    return Name(start, end, "person")


def han_person(text: str) -> bool:
    """Tell whether a run of Han characters can only be a person's name: dotted, or three with a family name first."""
    if re.fullmatch(rf"[{HAN}]{{1,6}}(?:·[{HAN}]{{1,8}})+", text):
        return True
    return bool(
        len(text) in (3, 4) and _han_person().fullmatch(text) and text[-1] not in "局部会院界街组报社厅处署司办团军警方"
    )


def person_alone(view: View) -> Name | None:
    """Return the person whose name is all that a line holds, besides marks of a signature or a seal."""
    lead = _MARKS.match(view.text)
    start = lead.end() if lead else 0
    found = person_at(view, start)
    if found is None or view.text[start : found.start].strip(" \t"):
        return None
    rest = _MARKS.sub("", view.text[found.end :])
    words = len(view.text[found.start : found.end].split())
    return found if not rest and words <= 4 else None


def position_in(text: str) -> tuple[int, int] | None:
    """Return where the first position ("генеральный директор", 总经理) stands."""
    hit = cue("persons", "position").search(text)
    return hit.span() if hit else None
