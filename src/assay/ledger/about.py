"""Which agreement a claim is about: by its number, else by the articles or the parties that only one agreement has."""

from __future__ import annotations

from collections import defaultdict

from assay.model import Agreement, Claim, LineItem, Party, Trove
from assay.resolve.folding import TO_LATIN, fold, tokens
from assay.resolve.numbers import loose_key
from assay.resolve.romanise import stem


def plain_designation(value: str) -> str:
    """Return a designation's comparing form: capitals, one alphabet, letters and digits only."""
    return "".join(c for c in value.upper().translate(TO_LATIN) if c.isalnum())


def name_key(written: str) -> str:
    """Return a name's comparing form, without case endings."""
    return "".join(stem(t) for t in tokens(fold(written)))


class Subjects:
    """The agreements of a trove, by what names them."""

    def __init__(self, trove: Trove) -> None:
        """Index agreements by number, articles and parties."""
        self.agreements = {a.id: a for a in sorted(trove.all(Agreement), key=lambda a: a.id)}
        self._number: dict[str, str] = {}
        self._exhibit: dict[str, set[str]] = defaultdict(set)
        articles: dict[str, set[str]] = defaultdict(set)
        listed = {i.id: i for i in trove.all(LineItem)}
        self._engaged: dict[str, set[str]] = defaultdict(set)
        for agreement in self.agreements.values():
            self._number.setdefault(loose_key(agreement.number.value or agreement.number.written), agreement.id)
            for exhibit in agreement.exhibits:
                self._exhibit[exhibit].add(agreement.id)
            for item in agreement.line_items:
                if item in listed and (designation := listed[item].designation):
                    articles[plain_designation(designation.value or designation.written)].add(agreement.id)
            for engagement in agreement.parties:
                self._engaged[engagement.party].add(agreement.id)
        self._articles = articles
        self._party: dict[str, set[str]] = defaultdict(set)
        for party in sorted(trove.all(Party), key=lambda p: p.id):
            for alias in (party.name, *party.aliases):
                self._party[name_key(alias)].add(party.id)

    def of(self, claim: Claim) -> str | None:
        """Return the id of the agreement that `claim` is about; None when none or several can be meant."""
        if claim.agreement_number:
            number = claim.agreement_number
            found = self._number.get(loose_key(number.value or number.written))
            if found:
                return found
        if len(held := self._exhibit.get(claim.exhibit, set())) == 1:
            return next(iter(held))
        narrowed: set[str] | None = None
        for designation in claim.designations:
            meant = self._articles.get(plain_designation(designation.value or designation.written))
            if meant:
                narrowed = meant if narrowed is None else narrowed & meant
        for party in claim.parties:
            ids = self._party.get(name_key(party.value or party.written), set())
            engaged = {a for i in ids for a in self._engaged.get(i, ())}
            if engaged:
                narrowed = engaged if narrowed is None else (narrowed & engaged or narrowed)
        return next(iter(narrowed)) if narrowed and len(narrowed) == 1 else None

    def party(self, written: str) -> str | None:
        """Return the id of the one party that bears this name, else None."""
        ids = self._party.get(name_key(written), set())
        return next(iter(ids)) if len(ids) == 1 else None

    def called(self, agreement: str | None) -> str:
        """Return the words by which sentences name an agreement."""
        if agreement is None or agreement not in self.agreements:
            return "an agreement that is not named"
        number = self.agreements[agreement].number
        return f"agreement № {number.value or number.written}"
