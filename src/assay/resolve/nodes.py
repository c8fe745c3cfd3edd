"""Mentions gathered into nodes: one node for one way of writing one name, before names are compared.

A name that many may bear (a family name alone, an abbreviation) makes a node for each agreement or exhibit.
Limits: aliases that a document equates make nodes of their own, without mentions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from assay.extract.states import territory
from assay.model import Document, Mention, Page, Role, Text, Trove
from assay.resolve.folding import HAN, fold, tokens
from assay.resolve.names import Name, name, names_nobody
from assay.resolve.numbers import number_key, telling

ENTITY_SCHEMES = frozenset(
    {"inn", "ogrn", "ogrnip", "uscc", "edrpou", "okpo", "lei", "passport", "snils", "resident_id"}
)
"""Identifiers that name one person or organisation; bank codes, accounts and tax office codes are shared."""


@dataclass(slots=True)
class Node:
    """One way of writing one name; `context` is empty where the name is telling enough to stand for one party."""

    name: Name
    kind: str
    weak: bool
    context: str
    key: tuple[str, str, str]
    mentions: list[int] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    contexts: set[str] = field(default_factory=set)
    exhibits: set[str] = field(default_factory=set)
    identifiers: set[tuple[str, str]] = field(default_factory=set)
    only_ocr: bool = True


@dataclass(slots=True)
class Sources:
    """Everything that resolution reads, in an order that does not depend on the trove's."""

    mentions: list[Mention]
    ids: list[str]
    context: dict[str, str]
    scanned: set[tuple[str, int]]

    @classmethod
    def gather(cls, trove: Trove) -> Sources:
        """Read mentions, and of documents and pages what bears on them."""
        mentions = {m.id: m for m in trove.all(Mention)}
        ids = sorted(mentions)
        context = {
            d.exhibit: "agreement " + number_key(d.agreement_number.value or d.agreement_number.written)
            for d in sorted(trove.all(Document), key=lambda d: d.id)
            if d.agreement_number and telling(d.agreement_number.value or d.agreement_number.written)
        }
        scanned = {(p.exhibit, p.number) for p in trove.all(Page) if p.how == "ocr"}
        return cls([mentions[i] for i in ids], ids, context, scanned)

    def of(self, exhibit: str) -> str:
        """Return the context of an exhibit: its agreement, else itself."""
        return self.context.get(exhibit, "exhibit " + exhibit)


def said(text: Text) -> str:
    """Return a text's normal form, or what was written where there is none."""
    return text.value or text.written


def is_weak(parted: Name) -> bool:
    """Return whether many parties may bear this name: one short word, a family name, initials only."""
    if parted.kind == "person":
        if parted.script == "han":
            return sum(len(w.folded) for w in parted.words) < 2
        return len(parted.words) < 2 or not parted.full
    if parted.kind == "state" and territory(parted.written):
        return False
    if parted.script == "han":
        return sum(len(w.folded) for w in parted.words) < 4 and not parted.forms
    return parted.acronym or (len(parted.joined) < 4 and not parted.forms)


class Nodes:
    """The nodes of a trove, with the node of each mention and the pairs that documents equate."""

    def __init__(self, sources: Sources) -> None:
        """Gather the mentions of `sources`; role words standing as names are left out."""
        self.nodes: list[Node] = []
        self.of_mention: dict[int, int] = {}
        self.equated: dict[tuple[int, int], str] = {}
        self.left_out: list[int] = []
        self._index: dict[tuple[str, str, str], int] = {}
        kinds = self._kinds(sources)
        for i, mention in enumerate(sources.mentions):
            written = said(mention.name)
            if names_nobody(written):
                self.left_out.append(i)
                continue
            self._mention(i, mention, written, kinds, sources)
        order = sorted(range(len(self.nodes)), key=lambda n: self.nodes[n].key)
        place = {old: new for new, old in enumerate(order)}
        self.nodes = [self.nodes[old] for old in order]
        self.of_mention = {m: place[n] for m, n in self.of_mention.items()}
        self.equated = dict(sorted(((place[a], place[b]), why) for (a, b), why in self.equated.items()))
        self._index = {key: place[n] for key, n in self._index.items()}

    @staticmethod
    def _kinds(sources: Sources) -> dict[str, str]:
        """Return the usual kind of each surface, for mentions whose own kind is unknown."""
        seen: dict[str, Counter[str]] = {}
        for mention in sources.mentions:
            if mention.kind != "unknown":
                seen.setdefault(surface(said(mention.name)), Counter())[mention.kind] += 1
        return {s: min(c, key=lambda k: (-c[k], k)) for s, c in seen.items()}

    def _mention(self, i: int, mention: Mention, written: str, kinds: dict[str, str], sources: Sources) -> None:
        kind = mention.kind
        if kind in ("unknown", "state", "organisation"):
            kind = kinds.get(surface(written), kind)
        context = sources.of(mention.exhibit)
        at = self._node(written, kind, context)
        node = self.nodes[at]
        node.mentions.append(i)
        node.contexts.add(context)
        node.exhibits.add(mention.exhibit)
        span = mention.name.span
        if span is None or (span.exhibit, span.page) not in sources.scanned:
            node.only_ocr = False
        node.identifiers |= {
            (d.scheme, d.value)
            for d in mention.identifiers
            if d.scheme in ENTITY_SCHEMES and d.value and d.valid is not False
        }
        self.of_mention[i] = at
        for other in mention.same_as:
            alias = said(other)
            if names_nobody(alias) or surface(alias) == surface(written):
                continue
            twin = self._node(alias, kind, context)
            self.nodes[twin].contexts.add(context)
            self.nodes[twin].exhibits.add(mention.exhibit)
            self.nodes[twin].aliases.add(alias)
            pair = (at, twin) if at < twin else (twin, at)
            self.equated.setdefault(pair, f"a document gives “{written}” and “{alias}” as one")

    def _node(self, written: str, kind: str, context: str) -> int:
        parted = name(written, kind)
        weak = is_weak(parted)
        key = (kind, surface(written), context if weak else "")
        if key not in self._index:
            self._index[key] = len(self.nodes)
            self.nodes.append(Node(parted, kind, weak, key[2], key))
        node = self.nodes[self._index[key]]
        node.aliases.add(written)
        return self._index[key]

    def find(self, written: str, context: str) -> list[int]:
        """Return the nodes that bear exactly this name, in `context` or anywhere."""
        folded = surface(written)
        keys = (
            (kind, folded, where) for kind in ("organisation", "state", "person", "unknown") for where in ("", context)
        )
        return [self._index[k] for k in keys if k in self._index]


def surface(written: str) -> str:
    """Return the form in which two writings of a name are the same node: folded words, Han run together."""
    words = tokens(fold(written.replace("№", " ")))
    return ("" if HAN.search("".join(words)) else " ").join(words)


CONTRACTUAL = (Role.SUPPLIER, Role.BUYER, Role.LICENSOR, Role.LICENSEE, Role.TRAINER, Role.TRAINEE, Role.CONSIGNEE)
"""Roles that one party holds in an agreement, in whatever language it is named."""

OPPOSED = ((Role.SUPPLIER, Role.BUYER), (Role.LICENSOR, Role.LICENSEE), (Role.TRAINER, Role.TRAINEE))
"""Roles that two different parties hold: an identifier given for both is then rather given to one by mistake."""

CORRESPONDING = ((Role.SENDER, Role.RECIPIENT),)
"""Roles of a letter, parted more weakly: identifiers and what a document equates outweigh them."""
