"""Press articles about a deal: an origin that saw the papers, and those that copy it and lose the hedge on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from assay.specimen.desk import Desk, tidy
from assay.specimen.fiction import Firm, Person, table
from assay.specimen.packed import text
from assay.specimen.paper import Block, Gap, Paragraph

Claim = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What an article stands on: the `outlet` it copies (None for the papers), and the variant of its hedge."""

    outlet: Mapping[str, str] | None
    hedge: int
    hedged: bool


@dataclass(slots=True)
class Article:
    """An article: outlet, day, headline, paragraphs, and the claims that its sentences make."""

    outlet: Mapping[str, Any]
    day: date
    language: str
    dated: str = ""
    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The article's text, headline first."""
        return "\n".join([self.headline, f"{self.outlet[self.language]}, {self.dated}", *self.paragraphs])


def outlets() -> Sequence[Mapping[str, Any]]:
    """Return the fictional outlets."""
    return list(table("wording/press")["outlet"])


class Writer:
    """Writes one article. The desk gives numbers, money and dates their form."""

    def __init__(self, desk: Desk, outlet: Mapping[str, Any], day: date) -> None:
        """Open an article of an outlet."""
        self.desk, self.rng, self.language = desk, desk.rng, desk.languages[0]
        self.rows = table("wording/press")[self.language]
        self.article = Article(outlet, day, self.language)
        deal = desk.deal
        self.facts = desk.facts(self.language)
        self.facts.update(
            supplier_short=deal.supplier.shorts[self.language],
            buyer_short=deal.buyer.shorts[self.language],
            outlet=outlet[self.language],
            money=desk.hands[self.language].money(deal.total),
            day=desk.hands[self.language].day(day),
        )
        self.article.dated = desk.hands[self.language].day(day).replace("\u00a0", " ")
        self.fillers = self.rng.sample(range(5), 5)
        self.article.headline = self.rng.choice(self.rows["headline"]).format(**self.facts).replace("\u00a0", " ")

    def add(self, key: str, pick: int, claim: Claim | None, **facts: str) -> str:
        """Add a sentence as a paragraph, with the claim that it makes."""
        rows: list[str] = self.rows[key]
        sentence: str = rows[pick % len(rows)].format(**{**self.facts, **facts}).replace("\u00a0", " ")
        sentence = tidy(sentence)
        sentence = sentence[0].upper() + sentence[1:]
        self.article.paragraphs.append(sentence)
        if claim is not None:
            base: Claim = {
                "topic": "other",
                "rung": None,
                "agreement": self.desk.deal.key,
                "money": None,
                "quantity": None,
                "speaker_chain": [],
                "modality": "asserted",
                "polarity": True,
                "sentence": sentence,
            }
            self.article.claims.append({**base, **claim})
        return sentence

    def filler(self) -> None:
        """Add a sentence that says nothing about the deal."""
        self.add("filler", self.fillers.pop(), None)

    def substance(self, source: Source) -> None:
        """Write what the deal is and what it is worth, and the hedge if it is kept."""
        deal, mine, pick = self.desk.deal, self.article.outlet[self.language], self.rng.randrange(4)
        paper = self.rows["document"].format(**self.facts)
        other = source.outlet[self.language] if source.outlet else ""
        chain = [mine, other, paper] if other else [mine, paper]
        quoted = "_quoted" if other else ""
        sum_of = {"amount": f"{deal.total:.2f}", "currency": deal.currency}
        self.add(
            "quoted" if other else "lead",
            pick,
            {"topic": "quantity", "modality": "obliged", "quantity": str(deal.main.quantity), "speaker_chain": chain},
            other=other,
        )
        self.filler()
        told = [mine, other] if other else [mine, paper]
        self.add(
            f"value{quoted}",
            self.rng.randrange(4),
            {"topic": "value", "money": sum_of, "speaker_chain": told},
            other=other,
        )
        if source.hedged and other:
            self.add(
                "hedge_quoted",
                source.hedge,
                {"topic": "provenance", "modality": "alleged", "speaker_chain": [mine, other]},
                other=other,
            )
        elif not source.hedged:
            self.add("lost", self.rng.randrange(4), {"topic": "provenance", "speaker_chain": [mine]})
            self.article.lost = list(self.rows["hedges"][source.hedge % 4])

    def expert(self, person: Person, pick: int) -> None:
        """Add the hedge in an expert's mouth."""
        name = person.names[self.language]
        self.add(
            "hedge",
            pick,
            {"topic": "provenance", "modality": "alleged", "speaker_chain": [self.article.outlet[self.language], name]},
            expert=name,
            expert_gen=person.genitives.get(self.language, name),
        )

    def delivered(self) -> None:
        """Add an unnamed source's word that goods were delivered."""
        pick = self.rng.randrange(4)
        chain = [self.article.outlet[self.language], self.rows["delivered_source"][pick]]
        self.add(
            "delivered", pick, {"topic": "rung", "rung": "delivered", "modality": "alleged", "speaker_chain": chain}
        )

    def reply(self, key: str, firm: Firm) -> None:
        """Add that somebody declined to comment ("declined") or did not answer ("silent")."""
        name = firm.names[self.language]
        modality = "declined_to_comment" if key == "declined" else "did_not_answer"
        chain = [self.article.outlet[self.language], name]
        self.add(
            key,
            self.rng.randrange(4),
            {"topic": "reply", "modality": modality, "speaker_chain": chain},
            organisation=name,
            organisation_of=firm.genitives.get(self.language, name),
        )

    def denied(self, person: Person) -> None:
        """Add an official's denial of deliveries."""
        name = person.names[self.language]
        chain = [self.article.outlet[self.language], name]
        self.add(
            "denied",
            self.rng.randrange(4),
            {"topic": "rung", "rung": "delivered", "modality": "denied", "polarity": False, "speaker_chain": chain},
            official=name,
        )


def html_of(article: Article, rng: Random) -> tuple[bytes, str]:
    """Return the article as a page of a news site, in one of four mark-ups, and the page's text in its order.

    A meta line marks it as a specimen.
    """
    charset, codec = ("utf-8", "utf-8")
    if article.language in ("ru", "uk") and rng.random() < 0.25:
        charset, codec = "windows-1251", "cp1251"
    outlet, iso = article.outlet[article.language], article.day.isoformat()
    meta = f'<meta charset="{charset}"><meta name="specimen" content="fictional, made by assay specimen">'
    if rng.random() < 0.6:
        meta += f'<meta property="article:published_time" content="{iso}">'
    mark = rng.choice((" · ", ", ", " | ", ". "))
    byline = f"{outlet}{mark}{article.dated}"
    title, line, told = text(article.headline), text(byline), [text(p) for p in article.paragraphs]
    form = rng.randrange(4)
    body = (
        f'<article><header><h1>{title}</h1><p class="byline">{line}</p></header>{_each("<p>{}</p>", told)}</article>',
        f'<div id="main"><h2>{title}</h2><div class="src">{line}</div>'
        f'<div class="text">{"<br><br>".join(told)}</div></div>',
        f"<table><tr><td><b>{title}</b></td></tr><tr><td>{line}</td></tr>{_each('<tr><td>{}</td></tr>', told)}</table>",
        f"<main><h1>{title}</h1>{_each('<p><span>{}</span></p>', told)}"
        f'<footer><time datetime="{iso}">{line}</time></footer></main>',
    )[form]
    shown = (
        [article.headline, *article.paragraphs, byline]
        if form == 3
        else [article.headline, byline, *article.paragraphs]
    )
    head = f'<html lang="{article.language}"><head>{meta}<title>{title}</title></head>'
    page = f"<!DOCTYPE html>\n{head}<body>{body}</body></html>\n"
    return page.encode(codec, "xmlcharrefreplace"), "\n".join(shown)


def _each(frame: str, texts: Sequence[str]) -> str:
    return "".join(frame.format(item) for item in texts)


def blocks_of(article: Article) -> list[Block]:
    """Return the article as blocks, as somebody would print it."""
    made: list[Block] = [Paragraph(article.outlet[article.language], "left", italic=True), Gap(4, rule=True)]
    made.append(Paragraph(article.headline, "left", bold=True, scale=1.5, after=4))
    made.append(Paragraph(article.dated, "left", scale=0.85, after=8))
    return [*made, *(Paragraph(p, after=6) for p in article.paragraphs)]
