"""A name taken apart: words, organisation form, initials, and the keys under which it can meet its other forms.

Limits: a name is taken apart by its writing alone; whether a Latin name is a person's or a company's is the mention's
`kind` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assay.extract.states import territory
from assay.resolve.folding import HAN, TO_LATIN, fold, one_alphabet, script, tokens
from assay.resolve.romanise import (
    from_palladius,
    key,
    latin,
    person_pinyin,
    pinyin,
    rarer_readings,
    skeleton,
    sounds,
    stem,
)
from assay.resolve.tables import rows

_INITIAL = re.compile(r"(?<!\w)(?:[^\W\d_]|Дж|Ю|Я|Yu|Ya|Zh|Ts|Ch|Sh|Kh|Ye|Yo)\.", re.IGNORECASE)
_GLUED_INITIALS = re.compile(r"(?<=\.)(?=[^\W\d_])")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
"""Roman numerals behind a name's first word; a lone letter is rather an initial or a part of a legal form (B. V.)."""
_FILLERS = frozenset(
    "и і й та of the and for на в по de la von van bin al el имени им".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: as folded, its coarse key, the key without case ending, and whether it is an initial."""

    folded: str
    key: str
    stem: str
    initial: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart.

    `forms` are the classes of its organisation forms; `numbers` its digits; `syllables` the pinyin that it is or
    that it may write (Han, or Cyrillic in Palladius' system); `sound` holds for each part the consonant classes by
    which a rendering in another script may meet it; `proper` is the innermost quoted part of an organisation's name.
    """

    written: str
    kind: str
    script: str
    words: tuple[Word, ...]
    forms: frozenset[str]
    numbers: tuple[str, ...]
    syllables: tuple[str, ...] = ()
    sound: tuple[tuple[str, ...], ...] = ()
    proper: tuple[Word, ...] = ()

    @property
    def joined(self) -> str:
        """All keys in one, in the order written."""
        return "".join(w.key for w in self.words)

    @property
    def stems(self) -> str:
        """All stem keys in one, in the order written."""
        return "".join(w.stem for w in self.words)

    @property
    def full(self) -> tuple[Word, ...]:
        """The words that are not initials."""
        return tuple(w for w in self.words if not w.initial)

    @property
    def acronym(self) -> bool:
        """Whether the name is one short word in capitals, as an abbreviation is."""
        bare = "".join(tokens(self.written))
        return len(self.words) == 1 and 2 <= len(bare) <= 8 and bare.isupper() and not HAN.search(bare)


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[tuple[str, ...], str], ...]:
    found = {tokens(fold(written)): name for name, written in rows("organisation_forms.tsv")}
    return tuple(sorted(found.items(), key=lambda f: (-len(f[0]), f[0])))


@lru_cache(maxsize=1)
def _han_forms() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((f[0], c) for f, c in _forms() if HAN.search(f[0])), key=lambda f: (-len(f[0]), f[0])))


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return frozenset(fold(word) for _, word in rows("titles.tsv"))


@lru_cache(maxsize=1)
def _roles() -> frozenset[str]:
    return frozenset("".join(stem(t) for t in tokens(fold(word))) for _, word in rows("role_words.tsv"))


def names_nobody(written: str) -> bool:
    """Return whether `written` is only a word for a role (Supplier, 甲方), which any party may be called."""
    words = tokens(fold(written))
    if not words or "".join(stem(t) for t in words) in _roles():
        return True
    forms = {w for form, _ in _forms() for w in form if len(w) > 1}
    return len(words) <= 3 and all(w in forms for w in words)


@lru_cache(maxsize=65536)
def name(written: str, kind: str) -> Name:
    """Return `written` taken apart, as a name of `kind` (person, organisation, state, unknown)."""
    return _person(written) if kind == "person" else _organisation(written, kind)


_DIGIT_IN_WORD = re.compile(r"(?<=[^\W\d_])[013568](?=[^\W\d_])")
_AS_LETTER = {
    "latin": {"0": "o", "1": "l", "3": "e", "5": "s", "6": "b", "8": "b"},
    "cyrillic": {"0": "о", "1": "і", "3": "з", "5": "б", "6": "б", "8": "в"},
}


def _healed(token: str) -> str:
    """Return a word of five letters and more with a single digit inside it read as the letter it looks like."""
    if len(token) < 5 or len(_DIGIT_IN_WORD.findall(token)) != 1 or sum(c.isdigit() for c in token) != 1:
        return token
    letters = _AS_LETTER.get(script(token), {})
    return _DIGIT_IN_WORD.sub(lambda m: letters.get(m.group(), m.group()), token)


def _word(token: str, *, initial: bool = False) -> Word:
    return Word(token, key(token), key(stem(token)), initial)


def _person(written: str) -> Name:
    spaced = _GLUED_INITIALS.sub(" ", written)
    latin_name = script("".join(t for t in tokens(fold(spaced)) if len(t) > 1)) == "latin"
    parts: list[Word] = []
    for piece in fold(spaced).replace("·", " ").replace("•", " ").replace("・", " ").split():
        if piece.strip(".,;:") in _titles():
            continue
        marked = bool(_INITIAL.fullmatch(piece.strip(",;")))
        for token in tokens(piece):
            if token in _titles():
                continue
            token = _healed(one_alphabet(token))
            if len(token) == 1 and latin_name:
                token = token.translate(TO_LATIN)
            parts.append(_word(token, initial=marked or (len(token) == 1 and not HAN.match(token))))
    writing = script(" ".join(w.folded for w in parts))
    syllables: tuple[str, ...] = ()
    sound: tuple[tuple[str, ...], ...] = ()
    if writing == "han":
        runs = [_without_han_title(w.folded) for w in parts if HAN.search(w.folded)]
        parts = [_word(r) for r in runs if r] + [w for w in parts if not HAN.search(w.folded)]
        if len(runs) == 1 and len(runs[0]) <= 4:
            syllables = person_pinyin(runs[0])
        if len(runs) > 1 or (runs and len(runs[0]) > 3):
            sound = tuple(sounds(r) for r in runs)
    else:
        sound = tuple(sounds(w.folded) for w in parts if not w.initial)
        if writing == "cyrillic" and 1 <= len(parts) <= 3 and not any(w.initial for w in parts):
            read = [from_palladius(w.folded) for w in parts]
            if all(read) and 2 <= sum(map(len, read)) <= 4:
                syllables = tuple(s for r in read for s in r)
    return Name(written, "person", writing, tuple(parts), frozenset(), (), syllables, sound)


def _without_han_title(run: str) -> str:
    for title in _titles():
        if HAN.search(title) and run.endswith(title) and len(run) - len(title) >= 2:
            return run[: -len(title)]
    return run


def _organisation(written: str, kind: str) -> Name:
    folded = fold(written.replace("№", " "))
    folded = _BRACKETED.sub(lambda m: " " if _aside(m.group()) else m.group(), folded)
    found = [_healed(t) for t in tokens(folded.replace("&", " and "))]
    classes: set[str] = set()
    if script(folded) == "han":
        found = [_without_han_form(t, classes) if HAN.search(t) else t for t in found]
        found = [t for t in found if t]
    core = _without_form(found, classes)
    core = [t for t in core if t not in _FILLERS] or core
    numbers = tuple(n for t in core if sum(c.isalpha() for c in t) <= 3 for n in re.findall(r"\d+", t))
    numbers += tuple(_ROMAN[t] for t in core[1:] if t in _ROMAN)
    words = tuple(_word(t) for t in core)
    proper = tuple(_word(t) for t in _proper(written)) if len(words) > 1 else ()
    return Name(written, kind, script(" ".join(core)), words, frozenset(classes), numbers, (), (), proper)


def _proper(written: str) -> tuple[str, ...]:
    """Return the words of the innermost quoted part of a name, empty when it quotes nothing."""
    opened = max(written.rfind(q) for q in "«“„『「《")
    if opened < 0 and written.count('"') >= 2:
        return tokens(fold(written.split('"')[-2] or written.split('"')[1]))
    rest = written[opened + 1 :] if opened >= 0 else ""
    return tuple(t for t in tokens(fold(re.split('[»”“』」》"]', rest)[0])) if t not in _FILLERS)


def _aside(bracketed: str) -> bool:
    """Return whether what stands in brackets is an abbreviation or a role, and so no word of the name."""
    found = tokens(bracketed)
    return names_nobody(bracketed) or (len(found) == 1 and len(found[0]) <= 6 and not HAN.search(found[0]))


def _without_han_form(run: str, classes: set[str]) -> str:
    for written, name_of in _han_forms():
        if run.endswith(written) and len(run) - len(written) >= 2:
            classes.add(name_of)
            return run[: -len(written)]
    return run


def _without_form(found: list[str], classes: set[str]) -> list[str]:
    """Return the words without organisation forms at either end; at least one word stays."""
    changed = True
    while changed:
        changed = False
        for form, name_of in _forms():
            size = len(form)
            if len(found) <= size:
                continue
            declined = [stem(t) for t in form]
            if [stem(t) for t in found[:size]] == declined and (size > 1 or len(form[0]) > 1):
                found, changed = found[size:], True
            elif tuple(found[-size:]) == form or [stem(t) for t in found[-size:]] == declined:
                found, changed = found[:-size], True
            if changed:
                classes.add(name_of)
                break
    return found


def block_keys(name_: Name) -> tuple[str, ...]:
    """Return the keys under which names that may be one meet. Names without a common key are never compared."""
    keys: set[str] = set()
    if name_.kind == "state" and (code := territory(name_.written)):
        keys.add("country:" + code)
    words = name_.full or name_.words
    if name_.kind == "person":
        _person_keys(name_, words, keys)
    else:
        if name_.script == "han":
            core = "".join(w.folded for w in words)
            keys.update("h:" + core[i : i + 3] for i in range(max(1, len(core) - 2)))
            keys.add("p:" + skeleton("".join(pinyin(core)))[:12])
            keys.update("s:" + s[:4] for s in sounds(core) if len(s) >= 4)
            keys.update("y:" + "".join(pinyin(core[:n])) for n in (2, 3, 4))
        else:
            if len(words) > 2:
                keys.add("a:" + "".join(w.key[:1] for w in words))
            keys.add("p:" + name_.joined[:12])
            lead = name_.proper or words[:2]
            keys.update("s:" + s[:4] for s in sounds("".join(w.folded for w in lead)) if len(s) >= 4)
            for w in name_.proper or words[:1]:
                keys.update("s:" + s[:4] for s in sounds(w.folded) if len(s) >= 4)
                keys.add("y:" + ("".join(from_palladius(w.folded)) or w.folded.replace("'", "")))
            for w in words:
                keys.update("w:" + k for k in _with_deletions(w.stem))
                keys.add("w:" + w.key[:5])
        if name_.acronym:
            keys.add("a:" + latin(words[0].folded))
    return tuple(sorted(keys))


def _person_keys(name_: Name, words: tuple[Word, ...], keys: set[str]) -> None:
    if name_.syllables:
        written = "".join(w.folded for w in words)
        for read in (name_.syllables, *(rarer_readings(written) if name_.script == "han" else ())):
            for parts in (("".join(read),), (read[0], "".join(read[1:]))):
                keys.add("y:" + "".join(sorted("".join(map(skeleton, parts)))))
    if name_.script != "han":
        keys.add("y:" + "".join(sorted(name_.joined)))
    for part in name_.sound:
        keys.update("s:" + s for s in part if len(s) >= 4)
    if len(name_.sound) > 1:
        keys.update("s:" + "+".join(sorted((a[:2], b[:2]))) for a in name_.sound[0] for b in name_.sound[1])
    if name_.script == "han":
        core = "".join(w.folded for w in words)
        keys.add("h:" + core)
        keys.update({"h:" + core[:2]} if len(core) == 3 else ())
        keys.update(f"h{i}:{core[:i]}{core[i + 1 :]}" for i in range(len(core)) if len(core) > 2)
    for w in words:
        others = [o for o in name_.words if o is not w]
        firsts = {o.key[:1] for o in others} | {latin(o.folded)[:1] for o in others}
        for short in sorted(firsts or {""}):
            keys.update(f"w:{k}:{short}" for k in _with_deletions(w.stem))
        if not others:
            keys.add("w:" + w.stem)


def _with_deletions(word: str) -> set[str]:
    """Return `word` and, from five letters on, each form of it with one letter left out."""
    if len(word) < 5:
        return {word}
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
