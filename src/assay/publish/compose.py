"""Composing an edition: which sentences there are, in what order, and what each rests on.

Limits: the program's own words are English; what documents say stays in their language. Paths and the source's
name are left out of an edition on purpose: a folder's name can lead to the person who handed it over. Documents
are labelled by number, kind and digest.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

from assay.examine.statement import statement
from assay.model import (
    Agreement,
    Assessment,
    Document,
    Engagement,
    Event,
    Exhibit,
    Finding,
    FindingStatus,
    Lineage,
    LineItem,
    Obligation,
    Page,
    PageState,
    Party,
    Proposition,
    Record,
    Rung,
    Span,
    Standing,
    Status,
    Weight,
)  # fmt: skip
from assay.publish import wording
from assay.publish.course import course, rungs
from assay.publish.discretion import Discretion
from assay.publish.edition import Edition, Grid, Leaf, Note, Section, Sentence, notes_over
from assay.publish.lacking import lacking
from assay.publish.scene import Scene, scene
from assay.store.store import Store

R = TypeVar("R", bound=Record)
REPLY = "reply"
"""The topic of a claim that tells who was asked and what came back."""
AXES = ("integrity", "origin", "content", "stage", "completeness")


def compose(store: Store, title: str = "Edition") -> Edition:
    """Return the edition of what stands in `store` now."""
    return _Composer(store, title).edition()


class _Composer:
    """One edition under way."""

    def __init__(self, store: Store, title: str) -> None:
        self.store, self.title = store, title
        self.scene: Scene = scene(store)
        self.parties = {p.id: p for p in store.all(Party)}
        self.items = {i.id: i for i in store.all(LineItem)}
        self.obligations = {o.id: o for o in store.all(Obligation)}
        self.events = {e.id: e for e in store.all(Event)}
        self.order = {digest: n for n, digest in enumerate(self.scene.documents)}
        self.statuses = self._by(Status, "agreement")
        self.discretion = Discretion(store, self.scene.labels)
        self.findings: dict[str, list[Finding]] = defaultdict(list)
        self.gapless = False
        for found in store.all(Finding):
            if found.status is FindingStatus.FINDING and not self.discretion.withheld(found):
                self.findings[found.exhibit].append(found)
            elif found.status is FindingStatus.NO_FINDING and found.part == "set.gaps":
                self.gapless = True

    def _by(self, kind: type[R], name: str) -> dict[str, list[R]]:
        grouped: dict[str, list[R]] = defaultdict(list)
        for record in self.store.all(kind):
            grouped[getattr(record, name)].append(record)
        return grouped

    def notes(self, *spans: Span) -> tuple[Note, ...]:
        """Return notes over spans, one a page."""
        return notes_over(spans, self.scene.labels)

    def edition(self) -> Edition:
        agreements = [self.agreement(n, a) for n, a in enumerate(self.scene.agreements, 1)]
        documents = [self.document(d) for d in self.scene.documents]
        return Edition(self.title, self.front(agreements), tuple(agreements), tuple(documents), self.scene.labels)

    # ---- the front page

    def front(self, agreements: list[Leaf]) -> Leaf:
        sections = [
            self.coverage(), self.overview(), self.weightiest(), self.missing(), self.trust(), self.claims(),
            self.replies(), self.copies(),
        ]  # fmt: skip
        return Leaf("index", self.title, tuple(s for s in sections if s.all_sentences()))

    def coverage(self) -> Section:
        counts = {state: 0 for state in PageState}
        for page in self.store.all(Page):
            counts[page.state] += 1
        exhibits = self.store.count(Exhibit)
        said = [
            f"The trove holds {exhibits} different exhibits: files, and what lay inside archives and mails.",
            f"Of {sum(counts.values())} pages present, {counts[PageState.READ]} were read, "
            f"{counts[PageState.FAILED]} failed and {counts[PageState.UNREAD]} are unread.",
        ]
        return Section("What is here, and was all of it read?", tuple(Sentence(t, needs_note=False) for t in said))

    def trust(self) -> Section:
        sentences = []
        by_id = {f.id: f for found in self.findings.values() for f in found}
        for text, ids in statement(self.store)[1:]:  # the first counts pages, as the front page did already
            spans = [s for i in ids if i in by_id for s in by_id[i].spans[:1]]
            sentences.append(Sentence(text, self.notes(*spans[:12]), needs_note=False))
        return Section("How far can it be trusted?", tuple(sentences))

    def weightiest(self) -> Section:
        """Return the findings that carry moderate weight or more, each with its document."""
        heavy = (Weight.CRYPTOGRAPHIC, Weight.STRONG, Weight.MODERATE)
        found = [f for listed in self.findings.values() for f in listed if f.weight in heavy and f.part != "set.gaps"]
        found.sort(key=lambda f: (heavy.index(f.weight), self.order.get(f.exhibit, 0), f.id))
        said: dict[str, list[Sentence]] = {}
        for f in found:
            seen = wording.ended(self.discretion.unnamed(f.observation))
            support = f" {wording.support(f)}" if f.proposition else ""
            said.setdefault(f.exhibit, []).append(Sentence(seen + support, self.notes(*f.spans), f.id))
        parts = tuple(Section(self.label(exhibit), tuple(its)) for exhibit, its in said.items())
        intro = "None of these is a verdict: each stands with its innocent explanations on its document's page."
        return Section("The findings that weigh most", parts=parts, intro=intro if found else "")

    def overview(self) -> Section:
        parts = [Section(wording.called(a), tuple(self.headline(a))) for a in self.scene.agreements]
        intro = "Those come first of which the trove holds most papers."
        return Section("Who agreed to do what for whom?", parts=tuple(parts), intro=intro if len(parts) > 1 else "")

    def headline(self, deal: Agreement) -> list[Sentence]:
        """Return the two sentences that say what an agreement is, and how far it is shown to have gone."""
        names = wording.joined(f"{self.named(p)} as {wording.ROLES[p.role]}" for p in deal.parties)
        dated = f", dated {wording.day(deal.date)}," if deal.date else ""
        worth = f" and states a total of {wording.money(deal.total)}" if deal.total else ""
        spans = wording.spans_of(deal.number, deal.date, *deal.parties, deal.total) or deal.spans
        first = f"{wording.called(deal)}{dated} names {names or 'no party'}{worth}."
        found = [Sentence(first, self.notes(*spans), deal.id)]
        went = course(self.statuses[deal.id])
        for statuses, words in (
            (went.shown, "Documents of the trove show it as {}."),
            (went.denied, "It is denied to be {}."),
            (went.claimed, "It is only said to be {}; no document of the deal shows it."),
            (went.planned, "Its papers foresee it as {}; no document shows that it came to that."),
        ):
            if statuses:
                spans = tuple(span for status in statuses for span in status.spans)
                found.append(Sentence(words.format(rungs(statuses, self.events)), self.notes(*spans), deal.id))
        if not went.shown:
            none = "No document in this trove shows that it reached any rung of the ladder."
            found.append(Sentence(none, record=deal.id, needs_note=False))
        elif went.silent:
            text = f"Nothing in this trove speaks of it as {rungs(went.silent, last='or')}."
            found.append(Sentence(text, record=deal.id, needs_note=False))
        return found

    def named(self, engaged: Engagement) -> str:
        """Return a party's name as written, with its name in Latin letters where documents write it too."""
        party = self.parties.get(engaged.party)
        also = wording.known_as(engaged.name, party.aliases if party else ())
        return wording.quoted(engaged.name, 80) + (f" ({wording.quoted(also, 80)})" if also else "")

    def claims(self) -> Section:
        """Return what is said on each agreement, with whom it comes from; then what is said on none of them."""
        said: dict[str, list[Sentence]] = {}
        for proposition, sentence in self.stated():
            if proposition.topic != REPLY:
                said.setdefault(proposition.agreement or "", []).append(sentence)
        called = {deal.id: wording.called(deal) for deal in self.scene.agreements}
        parts = [Section(called.get(deal, "On no agreement of this trove"), tuple(its)) for deal, its in said.items()]
        return Section("Who says so, and from whom do they have it?", parts=tuple(parts))

    def replies(self) -> Section:
        """Return who was asked about what, and what came back: to decline and not to answer differ."""
        its = tuple(sentence for proposition, sentence in self.stated() if proposition.topic == REPLY)
        return Section("Who was asked, and what came back?", its)

    def stated(self) -> list[tuple[Proposition, Sentence]]:
        """Return each proposition with its standing in a sentence, in the order of agreements, topics and rungs."""
        standings = {s.proposition: s for s in self.store.all(Standing)}
        sentences = []
        deals = {deal.id: n for n, deal in enumerate(self.scene.agreements)}
        order = list(Rung)

        def place(p: Proposition) -> tuple[int, str, int, str]:
            rung = order.index(p.rung) if p.rung else len(order)
            return deals.get(p.agreement or "", len(deals)), p.topic, rung, p.sentence

        for proposition in sorted(self.store.all(Proposition), key=place):
            stands = standings.get(proposition.id)
            if stands:
                text = f"{wording.ended(proposition.sentence)} {wording.ended(stands.sentence)}"
                sentences.append((proposition, Sentence(text, self.notes(*stands.spans), stands.id)))
        return sentences

    def copies(self) -> Section:
        sentences = []
        links = sorted(self.store.all(Lineage), key=lambda x: (self.order.get(x.exhibit, 0), x.id))
        for link in links:
            one, other = self.label(link.exhibit), self.label(link.origin)
            text = f"{one} {link.relation} {other}"
            if link.lost_hedges:
                text += "; on the way it lost " + wording.joined(wording.quoted(h) for h in link.lost_hedges)
            sentences.append(Sentence(text + ".", self.notes(*link.spans), link.id))
        return Section("What was copied, and what was lost on the way?", tuple(sentences))

    def place(self, spans: tuple[Span, ...]) -> tuple[int, int, int]:
        """Return where spans begin, in the order in which a reader meets the documents."""
        first = min(spans, key=lambda s: (s.page, s.start))
        order = self.order.get(first.exhibit, len(self.order))
        return order, first.page, first.start

    def label(self, exhibit: str) -> str:
        return self.scene.labels.get(exhibit, exhibit[:8])

    def missing(self) -> Section:
        lacks = lacking(f for listed in self.findings.values() for f in listed)
        sentences = []
        for lack in lacks:
            alone = f"{self.label(lack.findings[0].exhibit)}: " if len(lack.findings) == 1 else ""
            spans = (span for f in lack.findings for span in f.spans)
            text = alone + self.discretion.unnamed(lack.sentence)
            sentences.append(Sentence(text, self.notes(*spans), lack.findings[0].id))
        if not sentences and self.gapless:
            none = "No document was found to name one that is not here, and no numbering has a gap."
            sentences = [Sentence(none, needs_note=False)]
        return Section("What is missing?", tuple(sentences))

    # ---- one agreement

    def agreement(self, count: int, deal: Agreement) -> Leaf:
        sections = (
            Section("In short", tuple(self.headline(deal))),
            self.terms(deal),
            self.line_items(deal),
            self.duties(deal),
            self.ladder(deal),
        )
        order = sorted((e for e in deal.exhibits if e in self.order), key=lambda e: self.order[e])
        papers = tuple((f"document-{e[:12]}", self.label(e)) for e in order)
        furthest = course(self.statuses[deal.id]).furthest
        facts = [
            wording.day(deal.date) if deal.date else "undated",
            wording.amount(deal.total) if deal.total else "total not stated",
            f"furthest shown: {rungs([furthest], self.events)}" if furthest else "no rung shown",
        ]
        summary = (" · ".join(facts), *(f"{wording.ROLES[p.role]}: {self.named(p)}" for p in deal.parties[:4]))
        shown = tuple(s for s in sections if s.all_sentences())
        return Leaf(f"agreement-{count}", wording.called(deal), shown, summary, papers)

    def terms(self, deal: Agreement) -> Section:
        said: list[Sentence] = []

        def add(text: str, *values: object) -> None:
            said.append(Sentence(text, self.notes(*(wording.spans_of(*values) or deal.spans[:1])), deal.id))

        if deal.title:
            add(f"It calls itself {wording.text(deal.title)}.", deal.title)
        if deal.subject:
            add(f"Its subject: {wording.quoted(deal.subject.written, 400)}", deal.subject)
        if deal.date:
            add(f"It is dated {wording.quoted(deal.date.written)} ({wording.day(deal.date)}).", deal.date)
        if deal.place:
            add(f"The place it names is {wording.text(deal.place)}.", deal.place)
        for party in deal.parties:
            named = self.parties.get(party.party)
            others = [n for n in named.aliases if n != party.name][:6] if named else []
            also = " (also written " + ", ".join(wording.quoted(n, 60) for n in others) + ")" if others else ""
            text = f"{wording.quoted(party.name)} is named as {wording.ROLES[party.role]}{also}."
            spans = self.notes(*(wording.spans_of(party) or (named.spans[:1] if named else ())))
            said.append(Sentence(text, spans, party.party))
        if deal.total:
            add(f"It states a total of {wording.money(deal.total)}.", deal.total)
        for rival in deal.rival_totals:
            add(f"Another of its documents states {wording.money(rival)}.", rival)
        for term in deal.payment_terms:
            add(f"Payment: {wording.quoted(term.written, 400)}", term)
        for term in deal.delivery_terms:
            add(f"Delivery: {wording.quoted(term.written, 400)}", term)
        return Section("What it says", tuple(said))

    def line_items(self, deal: Agreement) -> Section:
        rows = []
        listed = [self.items[i] for i in deal.line_items if i in self.items]
        for item in sorted(listed, key=lambda i: self.place(i.spans)):
            note = self.notes(*item.spans)
            rows.append((wording.item(item), Sentence(item.description.written, note, item.id)))
        if not rows:
            return Section("Line items")
        return Section("Line items", grids=(Grid(f"{len(rows)} line items", wording.ITEM_HEAD, tuple(rows)),))

    def duties(self, deal: Agreement) -> Section:
        listed = [self.obligations[i] for i in deal.obligations if i in self.obligations]
        found = sorted(listed, key=lambda o: self.place(o.spans))
        said = tuple(Sentence(wording.obligation(o), self.notes(*o.spans), o.id) for o in found)
        return Section("What it binds the parties to", said)

    def ladder(self, deal: Agreement) -> Section:
        order = list(Rung)
        rows = []
        for status in sorted(self.statuses[deal.id], key=lambda s: order.index(s.rung)):
            rung = wording.RUNGS[status.rung]
            text = f"{rung.capitalize()}: {status.state}. {status.sentence}"
            empty = status.state == "empty"  # no place in a document shows that something is absent
            notes = () if empty else self.notes(*status.spans)
            said = Sentence(text, notes, status.id, not empty, str(status.rung))
            when = wording.day(status.date) if status.date else ""
            rows.append(((rung, status.state, when, status.sentence), said))
        title = "What is known about whether it happened"
        return Section(
            title, grids=(Grid("", ("rung", "state", "when", "what is known"), tuple(rows)),) if rows else ()
        )

    # ---- one document

    def document(self, exhibit: str) -> Leaf:
        sections = [self.identity(exhibit), self.axes(exhibit), self.findings_of(exhibit)]
        label = self.label(exhibit)
        deals = tuple(
            (f"agreement-{n}", wording.called(deal))
            for n, deal in enumerate(self.scene.agreements, 1)
            if exhibit in deal.exhibits
        )
        shown = tuple(s for s in sections if s.all_sentences())
        return Leaf(f"document-{exhibit[:12]}", label, shown, related=deals)

    def identity(self, exhibit: str) -> Section:
        said = []
        for document in self.store.of(Document, exhibit):
            whole = document.spans[:1]
            kind = str(document.kind).replace("_", " ")
            text = f"It reads as {_article(kind)}"
            if document.number:
                text += f" with number {wording.text(document.number)}"
            if document.date:
                text += f", dated {wording.day(document.date)}"
            spans = wording.spans_of(document.number, document.date) or whole
            tongues = wording.joined(wording.LANGUAGES[t] for t in document.languages if t in wording.LANGUAGES)
            text += f", written in {tongues}" if tongues else ""
            said.append(Sentence(text + ".", self.notes(*spans), document.id, needs_note=bool(spans)))
        return Section("What it is", tuple(said), intro=f"SHA-256 {exhibit}")

    def axes(self, exhibit: str) -> Section:
        by_id = {f.id: f for f in self.findings[exhibit]}
        said = []
        for assessment in self.store.of(Assessment, exhibit):
            for name in AXES:
                axis = getattr(assessment, name)
                spans = [s for i in axis.findings if i in by_id for s in by_id[i].spans[:2]]
                text = f"{name.capitalize()}: {axis.word}. {axis.sentence}"
                said.append(Sentence(text, self.notes(*spans), assessment.id, needs_note=False))
        return Section("How far can it be trusted? Five axes, no total", tuple(said))

    def findings_of(self, exhibit: str) -> Section:
        its = self.findings[exhibit]
        said = tuple(Sentence(self.discretion.unnamed(wording.finding(f)), self.notes(*f.spans), f.id) for f in its)
        return Section("Findings", said)


def _article(noun: str) -> str:
    if noun in ("minutes", "press", "other"):
        return {"minutes": "minutes", "press": "a press article", "other": "a document of another kind"}[noun]
    return ("an " if noun[0] in "aeiou" else "a ") + noun
