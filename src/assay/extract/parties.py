"""Who is who in a deal: definitions of the preamble, labels, and the blocks of requisites and signatures.

Limits: a party that is defined by neither formula nor label has no role here. 甲方 and 乙方 take the role that a
definition gives them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assay.extract.organisations import Name, organisations_in, person_at, persons_in
from assay.extract.view import HAN, View
from assay.extract.vocabulary import cue
from assay.model import Identifier, Role, Text

ROLES = (Role.SUPPLIER, Role.BUYER, Role.LICENSOR, Role.LICENSEE, Role.CONSIGNEE)
_LEAD = re.compile(
    r"^(?:[\s,;:.()\"«»“”—–\-]|(?:и|та|і|й|между|між|with|and|between|by|among|与|和|及|甲|由|本合同|本协议"
    r"|сторон(?:ы|а)|с одной|с другой|стороны)(?![^\W\d_]))+",
    re.IGNORECASE,
)


_PAYEE = re.compile(r"получател|одержувач|отримувач|payee|beneficiary|收款", re.IGNORECASE)
_PAYER = re.compile(r"плательщик|платник|payer|付款(?:人|方)", re.IGNORECASE)
"""Where a payer is named too, who receives is paid, and not the buyer."""


@dataclass(slots=True)
class Engaged:
    """A party as the document engages it: its name, role, other names, register numbers, who signs for it."""

    view: View
    name: Name
    role: Role
    terms: list[Text] = field(default_factory=list)
    same_as: list[Text] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    address: Text | None = None

    def text(self) -> Text:
        """Return the name."""
        return self.view.written(self.name.start, self.name.end)


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person who signs or speaks for a party."""

    view: View
    name: Name
    position: Text | None
    represents: Text | None
    role: Role = Role.SIGNATORY


def role_at(text: str, start: int = 0) -> tuple[Role, int] | None:
    """Return the role whose word stands at `start` (quotes skipped) and where the word ends."""
    skip = re.match(r"[\s\"«»“”'‘’„(]*", text[start:])
    begin = start + (skip.end() if skip else 0)
    best: tuple[Role, int] | None = None
    for role in ROLES:
        hit = cue("roles", role.value).match(text, begin)
        if (
            hit
            and (best is None or hit.end() > best[1])
            and not re.match(r"[^\W\d_\u4e00-\u9fff]", text[hit.end() : hit.end() + 1])
        ):
            best = (role, hit.end())
    if best is not None and best[0] is Role.BUYER and _PAYEE.match(text, begin) and _PAYER.search(text):
        return Role.SUPPLIER, best[1]
    return best


def role_in(text: str) -> Role | None:
    """Return the role whose word stands first in a text, None when there is none."""
    best: tuple[int, Role] | None = None
    for role in ROLES:
        hit = cue("roles", role.value).search(text)
        if hit and (best is None or hit.start() < best[0]):
            best = (hit.start(), role)
    return best[1] if best else None


def defined(view: View) -> list[Engaged]:
    """Return the parties that a clause defines: "X (далее — «Поставщик»)", X（以下简称“买方”）."""
    text = view.text
    out: list[Engaged] = []
    floor = 0
    hits: list[tuple[int, int, Role, int, int]] = []
    for hit in cue("roles", "define").finditer(text):
        gap = re.match(
            r"[\s,:—–\-]*(?:(?:as|the|як|как|为)\s+)*(?:the\s+)?[\s\"«“„'‘—–\-]*", text[hit.end() :], re.IGNORECASE
        )
        begin = hit.end() + (gap.end() if gap else 0)
        found = role_at(text, begin)
        if found:
            hits.append((hit.start(), found[1], found[0], begin, found[1]))
    for hit in re.finditer(r"\(\s*(?:the\s+|hereinafter\s+)?[\"“«](?P<term>[^\"”»()]{2,40})[\"”»][^()]{0,60}\)", text):
        found = role_at(text, hit.start("term"))
        if found and not any(h[0] <= hit.start() <= h[1] or hit.start() <= h[0] <= hit.end() for h in hits):
            hits.append((hit.start(), hit.end(), found[0], hit.start("term"), hit.end("term")))
    if not hits:
        out.extend(_aliased(view))
    for start, end, role, term_start, term_end in sorted(hits):
        name = _before(view, floor, start)
        floor = end
        if name is None:
            continue
        engaged = Engaged(view, name, role)
        engaged.terms.append(view.written(term_start, term_end))
        engaged.same_as.extend(_brackets(view, name, start))
        out.append(engaged)
    out.extend(_apposed(view, out))
    return out


_NO_ALIAS = re.compile(
    r"(?:effective date|agreement|contract|part(?:y|ies)|term|territory|products?|services?|goods|work|date)s?\b",
    re.IGNORECASE,
)


def _aliased(view: View) -> list[Engaged]:
    """Return organisations that a clause gives a short name of its own: 'Anixa Biosciences, Inc. ("Anixa")'."""
    out: list[Engaged] = []
    for hit in re.finditer(
        r"\(\s*(?:hereinafter,?\s+|the\s+|далее\s*[-—–:]?\s*|以下简称)?[\"“«](?P<term>[^\"”»()]{2,40})[\"”»]\s*\)",
        view.text,
    ):
        if _NO_ALIAS.match(hit.group("term")):
            continue
        names = [n for n in organisations_in(view) if n.end <= hit.start() and hit.start() - n.end <= 140]
        if names and "(" not in view.text[names[-1].end : hit.start()]:
            engaged = Engaged(view, names[-1], Role.OTHER)
            engaged.same_as.append(view.written(*hit.span("term")))
            out.append(engaged)
    return out


def _before(view: View, floor: int, stop: int) -> Name | None:
    segment = view.text[floor:stop]
    part = view.part(floor, stop) if segment.strip() else None
    if part is None:
        return None
    names = [Name(n.start + floor, n.end + floor, n.kind) for n in organisations_in(part)]
    people = [Name(n.start + floor, n.end + floor, "person") for n in persons_in(part)]
    for name in reversed([*people, *names]):
        if re.fullmatch(r"[\s,(—–\-\"“”»]*(?:\([^()]*\)[\s,(]*)?", view.text[name.end : stop]):
            return name
    if names:
        return names[0]
    piece = re.split(r"(?:^|\s)(?:between|между|між|and|и|та|с одной стороны,?|с другой стороны,?)\s", segment)[-1]
    start = stop - len(piece)
    lead = _LEAD.match(view.text[start:stop])
    start += lead.end() if lead else 0
    cut = re.search(r"\s*[,(—–]", view.text[start:stop])
    end = start + cut.start() if cut else stop
    words = view.text[start:end].strip()
    begins = words[:1].isupper() or re.match("[\u4e00-\u9fff]", words) is not None
    if 3 <= len(words) <= 80 and begins and not re.search(rf"[.:]\s|[:;][{HAN}]", words):
        return Name(start, end, "unknown")
    return people[0] if people else None


def _brackets(view: View, name: Name, stop: int) -> list[Text]:
    """Return abbreviations and other names in brackets right behind a name."""
    out: list[Text] = []
    hit = re.match(
        r"\s*[(]\s*(?:сокращ\w+\.?|сокр\.|abbr(?:eviated)?\.?|скорочено)?\s*[-—–:]?\s*([^()]{2,70})[)]",
        view.text[name.end : stop + 1],
    )
    if hit and not cue("roles", "define").search(hit.group(1)) and not re.search(r"\d{4,}|ИНН|ОГРН|рег", hit.group(1)):
        inner = hit.group(1).strip(' "«»“”')
        if inner[:1].isupper() or re.match("[\u4e00-\u9fff]", inner):
            begin = name.end + hit.start(1)
            out.append(view.written(begin, name.end + hit.end(1)))
    return out


def _apposed(view: View, known: list[Engaged]) -> list[Engaged]:
    """Return parties named right behind their role: "Поставщик — ООО «X»", 买方某某公司."""
    out: list[Engaged] = []
    have = {e.role for e in known}
    names = organisations_in(view)
    for name in names:
        before = view.text[max(0, name.start - 40) : name.start]
        for role in ROLES:
            if role in have:
                continue
            if any(
                re.fullmatch(r"\s*[\"»”]?\s*(?:[—–:\-,]|\(|\t|是|为|[:])?\s*", before[h.end() :])
                and not _among_heads(view, name.start - len(before) + h.start())
                for h in cue("roles", role.value).finditer(before)
            ):
                joined = re.search(r"(?:—|–|:|,|\t|[\u4e00-\u9fff])\s*$", before)
                if joined:
                    out.append(Engaged(view, name, role))
                    have.add(role)
                    break
        else:
            tail = re.match(r"\s*[(—–\-]\s*[\"«“]?(?P<r>[^()\"»”\t]{2,30})[\"»”]?\s*\)", view.text[name.end :])
            found = role_at(tail.group("r"), 0) if tail else None
            if tail and found and found[0] not in have and found[1] >= len(tail.group("r").strip()) - 1:
                out.append(Engaged(view, name, found[0]))
                have.add(found[0])
    return out


def _among_heads(view: View, start: int) -> bool:
    """Tell whether a role's word at `start` heads a column beside another's: then the next line is not its own."""
    before = re.search(r"(?P<word>[^\t\n:]{2,40}?)\s*:?\s*\t\s*$", view.text[:start])
    return before is not None and role_in(before.group("word")) is not None


def represented(view: View, engaged: list[Engaged]) -> list[Signatory]:
    """Return the persons who act for the parties of a preamble: "в лице директора И. И. Иванова", 由总经理张伟代表."""
    out: list[Signatory] = []
    text = view.text
    for hit in cue("roles", "represent").finditer(text):
        owner = None
        for one in engaged:
            if one.name.end <= hit.start():
                owner = one
        found = _posted(view, hit.end())
        if found is None:
            continue
        name, position = found
        if hit.group() == "由" and not re.match(r"\s*(?:先生|女士)?\s*(?:代表|签)", text[name.end :]):
            continue
        named_role = role_at(text, max(0, hit.start() - 3)) or _role_before(text, hit.start())
        if named_role is not None:
            owner = next((e for e in engaged if e.role is named_role[0]), owner)
        out.append(Signatory(view, name, position, owner.text() if owner else None))
    for hit in re.finditer(r"(?:от имени|від імені|on behalf of)\s+(?=\S)", text, re.IGNORECASE):
        role = role_at(text, hit.end())
        if role is None:
            continue
        act = re.match(r"\s*(?:действует|выступает|діє|acts|—|-)?\s*", text[role[1] :])
        name_ = person_at(view, role[1] + (act.end() if act else 0))
        if name_ is not None:
            owner = next((e for e in engaged if e.role is role[0]), None)
            out.append(Signatory(view, name_, None, owner.text() if owner else None))
    for hit in re.finditer(r"\s+acts\s+for\s+(?:the\s+)?", text):
        role = role_at(text, hit.end())
        before = re.search(r"([A-Z][\w'’\-]+(?:\s+[A-Z][\w.'’\-]*){1,3})$", text[: hit.start()])
        if role and before:
            owner = next((e for e in engaged if e.role is role[0]), None)
            out.append(
                Signatory(view, Name(before.start(1), before.end(1), "person"), None, owner.text() if owner else None)
            )
    return out


def _role_before(text: str, stop: int) -> tuple[Role, int] | None:
    for role in ROLES:
        for hit in cue("roles", role.value).finditer(text, max(0, stop - 14), stop):
            if not text[hit.end() : stop].strip():
                return role, hit.end()
    return None


def _posted(view: View, start: int) -> tuple[Name, Text | None] | None:
    """Return the person behind an optional position at `start`."""
    text = view.text
    skip = re.match(r"[\s:,]*(?:(?:its|the|his|her|своего|свого|его|её|duly authori[sz]ed)\s+)?", text[start:])
    begin = start + (skip.end() if skip else 0)
    hit = cue("persons", "position").match(text, begin)
    if hit is None:
        name = person_at(view, begin)
        return (name, None) if name else None
    end = hit.end()
    name = person_at(view, end)
    if name is None:
        further = re.match(
            r"(?:\s+(?:of|the|for|департамента|управления|отдела)?\s*[\w\-]+){1,6}?\s*,?\s+(?=[A-ZА-ЯЁІЇЄ])", text[end:]
        )
        if further:
            name = person_at(view, end + further.end())
            end += further.end()
    if name is None or name.start - hit.end() > 70:
        return None
    return name, view.written(begin, name.start) if name.start > begin else None
