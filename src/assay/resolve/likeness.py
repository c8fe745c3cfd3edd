"""Are two names one? A verdict in words with its reason, from the names alone.

`SAME` stands by itself. `LIKELY` needs one more ground: the same agreement, or a reading by a machine that may have
misread a letter. `UNDECIDED` is left to a second opinion. `DIFFERENT` parts them, whatever else is alike.
Limits: two people of one name are one here; only identifiers, roles or a person's judgement part them.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache
from itertools import permutations

from assay.extract.states import territory
from assay.resolve.concepts import agree, begin_alike, concept_of, meaning, one_translated, same_place
from assay.resolve.folding import fold, tokens
from assay.resolve.names import Name, Word
from assay.resolve.romanise import from_palladius, key, latin, pinyin, rarer_readings, skeleton, sounds, stem
from assay.resolve.spelling import distance, misread, pair, same_word
from assay.resolve.tables import rows
from assay.resolve.titled import alike, ends_as_state, families, titled

_LEGAL = frozenset({"gmbh", "jsc", "llc", "llp", "pe", "sue"})


class Likeness(IntEnum):
    """What two names are to each other."""

    DIFFERENT = 0
    UNDECIDED = 1
    LIKELY = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """A likeness and the reason for it, as a clause that can follow "because"."""

    likeness: Likeness
    reason: str


FORMS_DIFFER = "the same name, but the legal forms differ"
CUT_SHORT = "one may be the other, its last character unread"
"""Two Chinese persons may be so called, too: only a machine's reading, in the place of the other, is a ground."""

_DIFFERENT = Verdict(Likeness.DIFFERENT, "nothing in the names agrees")


def compare(a: Name, b: Name) -> Verdict:
    """Return what two names are to each other. `unknown` is compared as the kind of the other one."""
    kinds = {a.kind, b.kind} - {"unknown"}
    if len(kinds) > 1 and "person" in kinds:
        return Verdict(Likeness.DIFFERENT, "one is a person and the other is not")
    if "person" in kinds:
        return _persons(a, b)
    return _organisations(a, b)


def _persons(a: Name, b: Name) -> Verdict:
    if "han" in (a.script, b.script):
        return _han_persons(a, b)
    if a.syllables and b.script == "latin" and _orders(a.syllables, b):
        return Verdict(Likeness.SAME, "the Russian writing (Palladius) and the pinyin are one name")
    if b.syllables and a.script == "latin" and _orders(b.syllables, a):
        return Verdict(Likeness.SAME, "the Russian writing (Palladius) and the pinyin are one name")
    rendered = _DIFFERENT
    if a.script != b.script and len(a.full) >= 2 and len(b.full) >= 2:
        if _letters_agree(a, b):
            rendered = _by_sound(*sorted((a, b), key=lambda n: (len(n.full), n.written)))
        if rendered.likeness == Likeness.SAME:
            return rendered
    pairs, left, right = pair(a.full, b.full)
    left_initials = [w for w in a.words if w.initial]
    right_initials = [w for w in b.words if w.initial]
    left, right_initials, first = _spend(left, right_initials)
    right, left_initials, second = _spend(right, left_initials)
    both = 0
    for word in list(left_initials):
        twin = next((w for w in right_initials if initials_agree(word, w)), None)
        if twin:
            left_initials.remove(word)
            right_initials.remove(twin)
            both += 1
    initials = first + second + both
    strong = sum(1 for *_, s in pairs if s >= 2)
    near = len(pairs) - strong
    if (left or left_initials) and (right or right_initials):
        if a.script != b.script and _initial_and_sound(a, b):
            return Verdict(Likeness.LIKELY, "the initial agrees, and one family name renders the other by sound")
        return rendered if rendered.likeness else _joined_persons(a, b)
    if strong >= 2 and not near:
        return Verdict(Likeness.SAME, "given name and family name agree")
    if strong >= 1 and initials >= 2 and not near:
        return Verdict(Likeness.SAME, "the family name and both initials agree")
    if strong >= 2:
        return Verdict(Likeness.LIKELY, "the names agree but for one letter")
    if strong and initials and not near:
        return Verdict(Likeness.LIKELY, "the family name and an initial agree")
    if strong == 1 and near:
        words = [(x, y) for x, y, s in pairs if s == 1]
        close = all(min(len(x.stem), len(y.stem)) >= 5 or misread(x.folded, y.folded) for x, y in words)
        return Verdict(Likeness.LIKELY if close else Likeness.UNDECIDED, "the names agree but for a letter or two")
    if strong == 1 and (len(a.words) == 1 or len(b.words) == 1):
        return Verdict(Likeness.LIKELY, "one gives the family name only")
    if near and initials and (initials >= 2 or min(len(w.folded) for w in (*a.full, *b.full)) >= 6):
        return Verdict(Likeness.LIKELY, "the initials agree, and the family name but for a letter")
    if a.script != b.script and _initial_and_sound(a, b):
        return Verdict(Likeness.LIKELY, "the initial agrees, and one family name renders the other by sound")
    if near >= 2 or (initials and not rendered.likeness):
        return Verdict(Likeness.UNDECIDED, "the names are alike in part")
    return rendered if rendered.likeness else _joined_persons(a, b)


def _joined_persons(a: Name, b: Name) -> Verdict:
    """Compare without word borders: "Abdul Rahman" and "Abdulrahman"."""
    if len(a.joined) >= 8 and a.joined == b.joined:
        return Verdict(Likeness.SAME, "the names agree but for the spaces")
    return _DIFFERENT


_LETTERS_APART = {
    "a": "аэ", "c": "кцсч", "e": "эеєю", "g": "дгґ", "h": "хг", "i": "иіайї", "j": "дйжхяю", "k": "кн", "p": "пф",
    "q": "кц", "s": "сшщ", "t": "тц", "u": "юу", "w": "уву", "x": "кс", "y": "йеяюиїє", "z": "зжц",
}  # fmt: skip
"""Besides its usual letter, what a Latin initial may be in Cyrillic: George is Джордж, Charles is Чарльз."""


def initials_agree(a: Word, b: Word) -> bool:
    """Return whether the first letters of two words, of which one is an initial, may begin one name in two scripts."""
    if a.key[:1] == b.key[:1] or a.folded[:1] == b.folded[:1] or latin(a.folded)[:1] == latin(b.folded)[:1]:
        return True
    return any(y.folded[:1] in _LETTERS_APART.get(x.folded[:1], "") for x, y in ((a, b), (b, a)))


def _spend(words: list[Word], initials: list[Word]) -> tuple[list[Word], list[Word], int]:
    """Pair unmatched words with the other side's initials; return what is left of both and how many agreed."""
    words, initials, agreed = list(words), list(initials), 0
    for word in list(words):
        match = next((i for i in initials if initials_agree(word, i)), None)
        if match:
            words.remove(word)
            initials.remove(match)
            agreed += 1
    return words, initials, agreed


def _orders(syllables: tuple[str, ...], other: Name) -> bool:
    """Return whether the Latin words of `other`, in some order, write the syllables in order."""
    if len(other.words) > 4 or any(w.initial for w in other.words):
        return False
    target = skeleton("".join(syllables).replace("v", "u"))
    orders = permutations([w.folded for w in other.words])
    return any(skeleton("".join(order).replace("v", "u")) == target for order in orders)


def _han_persons(a: Name, b: Name) -> Verdict:
    if a.script == b.script:
        x, y = ("".join(w.folded for w in n.words) for n in (a, b))
        if x == y:
            return Verdict(Likeness.SAME, "the same characters")
        if min(len(x), len(y)) >= 3 and distance(x, y, 1) == 1 and (x[0] == y[0] or a.sound):
            return Verdict(Likeness.LIKELY, "the same characters but for one")
        if {len(x), len(y)} == {2, 3} and x[:2] == y[:2]:
            return Verdict(Likeness.LIKELY, CUT_SHORT)
        inside = min(len(x), len(y)) >= 2 and (set(a.words) < set(b.words) or set(b.words) < set(a.words))
        return Verdict(Likeness.LIKELY, "one gives a part of the name only") if inside else _DIFFERENT
    han, other = (a, b) if a.script == "han" else (b, a)
    if han.syllables:
        for syllables in (han.syllables, *rarer_readings("".join(w.folded for w in han.words))):
            if other.syllables == syllables:
                return Verdict(Likeness.SAME, "the Russian writing (Palladius) and the characters are one name")
            if other.script == "latin" and _orders(syllables, other):
                return Verdict(Likeness.SAME, "the pinyin and the characters are one name")
    if han.sound and other.sound:
        return _by_sound(han, other)
    return _DIFFERENT


def _by_sound(han: Name, other: Name) -> Verdict:
    """Compare a rendering by sound with the name it may render; in Chinese a last r or l is often not rendered."""
    left = list(other.sound)
    exact = near = 0
    for part in sorted(han.sound, key=lambda s: (-len(s[0]) if s else 0, s)):
        hit = next((s for s in left if _sound_alike(part, s)), None)
        if hit is not None:
            exact += 1
        else:
            hit = next((s for s in left if _sound_near(part, s)), None)
            near += hit is not None
        if hit is None:
            return _DIFFERENT
        left.remove(hit)
    letters = sum(len(s[0]) for s in han.sound if s)
    if exact + near >= 2 and letters >= 5 and exact:
        sure = not near and letters >= 6
        return Verdict(Likeness.SAME if sure else Likeness.LIKELY, "one renders the other by sound")
    return Verdict(Likeness.LIKELY, "one may render a part of the other by sound") if letters >= 3 else _DIFFERENT


def _letters_agree(a: Name, b: Name) -> bool:
    """Return whether some word of one name has most letters, in order, of one of the other, transliterated.

    Classes of sound alone are too coarse between alphabets: Klave and Гулиев are both K, L, F.
    """
    return any(
        len(x.key) > 2 and SequenceMatcher(None, latin(x.folded), latin(y.folded), autojunk=False).ratio() >= 0.55
        for x in a.full
        for y in b.full
    )


def _initial_and_sound(a: Name, b: Name) -> bool:
    """Return whether one name is an initial and a family name that sounds as in the other, the initial agreeing."""
    short, long = sorted((a, b), key=lambda n: (len(n.full), n.written))
    if len(short.full) != 1 or len(short.words) != 2 or len(long.words) not in (2, 3):
        return False
    initial = next((w for w in short.words if w.initial), None)
    heard = {s for s in sounds(short.full[0].folded) if len(s) >= 4}
    for family in long.full:
        others = [w for w in long.words if w is not family]
        if initial and not heard.isdisjoint(sounds(family.folded)):
            return any(initials_agree(initial, o) for o in others)
    return False


def _sound_alike(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return any(x == y or (len(x) > 1 and y == x + "L") for x in a for y in b)


def _sound_near(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return any((len(x) >= 3 and distance(x, y, 1) <= 1) or (len(x) >= 2 and y[:-1] == x) for x in a for y in b)


def _organisations(a: Name, b: Name) -> Verdict:
    """Compare two organisations; across languages what their words mean can part them, or bear out a likeness."""
    codes = {territory(n.written) for n in (a, b)} - {""} if a.kind == b.kind == "state" else set()
    if codes and all(territory(n.written) for n in (a, b)):
        return Verdict(Likeness.SAME, "both name one country") if len(codes) == 1 else _DIFFERENT
    verdict = _organisation_names(a, b)
    if "state" in (a.kind, b.kind) and a.kind != b.kind and verdict.likeness < Likeness.SAME:
        return Verdict(Likeness.DIFFERENT, "one is a state and the other is not")
    if a.script == b.script and _marks_ukrainian(a) == _marks_ukrainian(b):
        return verdict
    x, y = titled(a), titled(b)
    if x is not None and y is not None and families(x).isdisjoint(families(y)):
        return Verdict(Likeness.DIFFERENT, "one is called a state and the other a paper")
    if x is not None and y is not None and verdict.likeness < Likeness.SAME:
        found = Likeness(round(2 * alike(x, y)) + 1) if alike(x, y) else Likeness.DIFFERENT
        if found > Likeness.DIFFERENT or verdict.likeness < Likeness.LIKELY:
            return Verdict(found, "the titles mean the same, and the proper names sound alike")
    meant = agree(a, b)
    if meant is False and verdict.likeness in (Likeness.LIKELY, Likeness.UNDECIDED):
        return Verdict(Likeness.DIFFERENT, "the names say different trades or offices")
    if meant and verdict.likeness < Likeness.LIKELY and len(meaning(a)[0] & meaning(b)[0]) >= 2 and same_place(a, b):
        return Verdict(Likeness.LIKELY, "the names mean the same, and a proper name in both sounds alike")
    concepts = meaning(a)[0]
    if len(concepts) > 1 and concepts == meaning(b)[0] and verdict.likeness < Likeness.LIKELY and begin_alike(a, b):
        return Verdict(Likeness.LIKELY, "the names mean the same, and their proper names begin alike")
    return verdict


def _organisation_names(a: Name, b: Name) -> Verdict:
    if sorted(a.numbers) != sorted(b.numbers):
        return Verdict(Likeness.DIFFERENT, "the numbers in the names differ")
    if not a.words or not b.words:
        return _DIFFERENT
    clash = a.script == b.script and a.forms & _LEGAL and b.forms & _LEGAL and not (a.forms & b.forms & _LEGAL)
    if a.joined == b.joined or "".join(w.folded for w in a.words) == "".join(w.folded for w in b.words):
        return _with_forms(Verdict(Likeness.SAME, "the same name without quotes and organisation form"), bool(clash))
    if "han" in (a.script, b.script):
        return _han_organisations(a, b)
    pairs, left, right = pair(a.words, b.words)
    whole = not left and not right and min((s for *_, s in pairs), default=0) >= 2
    if not whole and (a.script != b.script or _marks_ukrainian(a) != _marks_ukrainian(b)):
        proper = [p for p in pairs if not concept_of(p[0])]
        if proper and min(s for *_, s in pairs) >= 2 and one_translated(left, right):
            return _with_forms(Verdict(Likeness.SAME, "one proper name, the words around it translated"), bool(clash))
        translated = _by_proper_name(a, b)
        if translated is not None:
            return translated
    if len(a.words) != len(b.words) and pairs and min(s for *_, s in pairs) >= 2 and _spelled_out(left, right):
        return _with_forms(Verdict(Likeness.SAME, "one abbreviates words that the other spells out"), bool(clash))
    weakest = min((s for *_, s in pairs), default=0)
    spelled = all(len(w.folded) == 1 for w in a.words) and a.joined != b.joined
    if not left and not right and weakest >= 2 and not spelled:
        ordered = [same_word(x, y) >= 2 for x, y in zip(a.words, b.words, strict=True)]
        reason = "the same words in another case or spelling" if all(ordered) else "the same words in another order"
        return _with_forms(Verdict(Likeness.SAME, reason), bool(clash))
    if not left and not right and weakest == 1:
        return _nearly(a, b, pairs)
    if a.acronym != b.acronym and _abbreviates(a, b):
        return Verdict(Likeness.LIKELY, "one is the initial letters of the other")
    if _written_alike(a, b):
        return Verdict(Likeness.LIKELY, "the names agree but for a letter or two")
    size = min(len(a.stems), len(b.stems))
    if size >= 8 and distance(a.stems, b.stems, 2) <= (1 if size < 12 else 2):
        return Verdict(Likeness.LIKELY, "the names agree but for a letter or two")
    if not (left and right) and pairs and weakest >= 2:
        part = any(w.stem in _part_words() for w in (*left, *right))
        return Verdict(Likeness.UNDECIDED if part else Likeness.LIKELY, "one is a part of the other")
    if pairs and weakest >= 2 and len(left) == len(right) == 1 and _translated_around(a, b, left[0], right[0]):
        return Verdict(Likeness.LIKELY, "the proper name is one, and the word beside it begins alike")
    if len(pairs) >= 2 and len(left) <= 1 and len(right) <= 1:
        return Verdict(Likeness.UNDECIDED, "most words agree")
    return _DIFFERENT


def _marks_ukrainian(name: Name) -> bool:
    return any(c in "іїєґ" for w in name.words for c in w.folded) or any(
        mark in w.folded for w in name.words for mark in ("ськ", "цьк")
    )


def _by_proper_name(a: Name, b: Name) -> Verdict | None:
    """Compare by the innermost quoted part, which is transliterated where the words around it are translated."""
    for x, y in ((a, b), (b, a)):
        if not x.proper:
            continue
        reading = "".join(s for w in x.proper for s in from_palladius(w.folded))
        wanted = {"".join(w.key for w in x.proper), skeleton(reading.replace("v", "u"))} - {""}
        words = y.proper or y.words
        if _sounds_within(x.proper, words):
            return Verdict(
                Likeness.LIKELY, "the proper name in both sounds alike, the words around it may be translated"
            )
        runs = {
            skeleton("".join(latin(w.folded) for w in words[i:j]))
            for i in range(len(words)) for j in range(i + 1, min(len(words), i + 4) + 1)
        }  # fmt: skip
        for target in sorted(wanted):
            if len(target) >= 4 and any(distance(target, run, 1) <= (len(target) >= 7) for run in runs):
                return Verdict(Likeness.LIKELY, "the proper name in both is one, the words around it may be translated")
    return None


def _sounds_within(proper: tuple[Word, ...], words: tuple[Word, ...]) -> bool:
    """Return whether some run of `words` renders the words of `proper` by sound, one by one; five classes at least."""
    heard = [sounds(w.folded) for w in proper]
    if len(proper) > 1 and any({s for s in heard[0] if len(s) >= 4} & set(sounds(w.folded)) for w in words):
        return True
    if sum(max(map(len, h), default=0) for h in heard) < 5:
        return False
    spoken = [sounds(w.folded) for w in words]
    size = len(heard)
    return any(
        all(not set(h).isdisjoint(s) for h, s in zip(heard, spoken[i : i + size], strict=True))
        for i in range(len(spoken) - size + 1)
    )


def _translated_around(a: Name, b: Name, x: Word, y: Word) -> bool:
    """Return whether two names quote one proper name, and the words left beside it are one in two languages."""
    proper = [{w.key for w in name.proper} for name in (a, b)]
    return bool(proper[0]) and proper[0] == proper[1] and x.folded[:5] == y.folded[:5] and len(x.folded) > 5


def _spelled_out(left: list[Word], right: list[Word]) -> bool:
    """Return whether all that is left of one name abbreviates, letter by letter, what is left of the other."""
    for short, long in ((left, right), (right, left)):
        if len(short) == 1 and len(long) >= 2 and _initials(short[0].folded, [w.folded for w in long]):
            return True
    return False


def _initials(letters: str, words: list[str]) -> bool:
    """Tell whether letters are the first ones of words; a compound may give one of its inside (ВТК: внешнеторговая)."""
    if letters == "".join(w[:1] for w in words):
        return True
    if len(letters) != len(words) + 1 or len(letters) < 3:
        return False
    return any(
        letters[k] in words[k - 1][3:-2] and letters[:k] + letters[k + 1 :] == "".join(w[:1] for w in words)
        for k in range(1, len(letters))
    )


def _with_forms(verdict: Verdict, clash: bool) -> Verdict:
    """Return the verdict, but for two legal forms: two firms may bear one name, and need a stronger ground."""
    return Verdict(Likeness.UNDECIDED, FORMS_DIFFER) if clash else verdict


def _written_alike(a: Name, b: Name) -> bool:
    """Return whether the whole names, organisation forms too, differ in few letters for their length."""
    x, y = ("".join(tokens(fold(n.written))) for n in (a, b))
    size = min(len(x), len(y))
    if "han" in (a.script, b.script):
        most = 0 if size < 5 else 1 if size < 10 else 2
    else:
        most = 0 if size < 10 else 1 if size < 20 else min(4, 1 + size // 14)
    return most > 0 and distance(x, y, most) <= most


def _nearly(a: Name, b: Name, pairs: list[tuple[Word, Word, int]]) -> Verdict:
    odd = [(x, y) for x, y, s in pairs if s == 1]
    letters = len(a.stems)
    if all(misread(x.folded, y.folded) for x, y in odd) or (letters >= 8 and len(odd) == 1):
        return Verdict(Likeness.LIKELY, "the names agree but for a letter or two")
    return Verdict(Likeness.UNDECIDED, "the names are alike")


def _abbreviates(a: Name, b: Name) -> bool:
    short, long = (a, b) if a.acronym else (b, a)
    letters = short.words[0].folded
    return len(long.words) >= 2 and letters == "".join(w.folded[:1] for w in long.words)


def _han_organisations(a: Name, b: Name) -> Verdict:
    if a.script != b.script:
        han, other = (a, b) if a.script == "han" else (b, a)
        if other.script == "latin" and len(han.joined) >= 6 and skeleton(other.joined) == skeleton(han.joined):
            return Verdict(Likeness.SAME, "the pinyin and the characters are one name")
        return _han_proper_name(han, other)
    x, y = ("".join(w.folded for w in n.words) for n in (a, b))
    short, long = sorted((x, y), key=lambda s: (len(s), s))
    if (len(short) >= 4 and distance(x, y, 1) == 1) or _written_alike(a, b):
        return Verdict(Likeness.LIKELY, "the same characters but for one")
    if any(word in long and word not in short for word in _han_part_words()):
        return _DIFFERENT
    if long.startswith(short) and ends_as_state(short):
        return Verdict(Likeness.DIFFERENT, "one is a state and the other its office")
    if len(short) >= 2 and (short in long or _in_order(short, long)):
        return Verdict(Likeness.LIKELY, "one is a part of the other")
    if len(short) >= 8 and distance(x, y, 2) == 2:
        return Verdict(Likeness.LIKELY, "the same characters but for two")
    return _DIFFERENT


@lru_cache(maxsize=1)
def _part_words() -> frozenset[str]:
    return frozenset(key(stem(fold(word))) for language, word in rows("part_words.tsv") if language != "zh")


@lru_cache(maxsize=1)
def _han_part_words() -> tuple[str, ...]:
    return tuple(word for language, word in rows("part_words.tsv") if language == "zh")


def _han_proper_name(han: Name, other: Name) -> Verdict:
    """Compare a Chinese name with the proper name of the other: its first syllables, or its first sounds."""
    core = "".join(w.folded for w in han.words)
    words = other.proper or other.words[:2]
    readings = {"".join(from_palladius(w.folded)) for w in words} | {latin(w.folded) for w in words}
    starts = {skeleton("".join(pinyin(core[:n])).replace("v", "u")) for n in (2, 3, 4)}
    if any(skeleton(r.replace("v", "u")) in starts for r in sorted(readings) if len(r) >= 5):
        return Verdict(Likeness.LIKELY, "the characters begin with the proper name of the other")
    spoken = sounds(core)
    wanted = {
        s for n in ((len(words),) if other.proper else (1, 2)) for s in sounds("".join(w.folded for w in words[:n]))
    }
    if any(h.startswith(w) for h in spoken for w in sorted(wanted) if len(w) >= 4):
        return Verdict(Likeness.LIKELY, "the characters begin by rendering the proper name of the other by sound")
    return _DIFFERENT


def _in_order(short: str, long: str) -> bool:
    """Return whether the characters of an abbreviation stand in `long` in order, its first one first."""
    rest = iter(long)
    return long[:1] == short[:1] and all(c in rest for c in short)
