"""The press about a deal: who published what, who copied whom, and what officials answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from assay.specimen import papers
from assay.specimen.dossier import Dossier
from assay.specimen.fiction import Firm, table
from assay.specimen.filing import Sort
from assay.specimen.mailfile import txt_of
from assay.specimen.newsroom import Article, Source, Writer, blocks_of, html_of, outlets


@dataclass(frozen=True, slots=True)
class Printed:
    """An article that has been filed: path, outlet, language, whether it kept the hedge, and which hedge."""

    path: str
    outlet: Mapping[str, Any]
    language: str
    hedged: bool
    hedge: int
    origin: str


def cover(dossier: Dossier) -> None:
    """Make the articles, questions and replies about a deal, then nothing more of it may be claimed."""
    rng = Random(f"{dossier.prefix}/press")
    deal = dossier.deal
    if rng.random() < 0.1:
        return
    day = papers.later(max([deal.day, *deal.happened.values()]), rng.randint(200, 700))
    names = list(rng.sample(list(outlets()), 5))
    replies = rng.choice(("declined", "denied", "silent", "declined"))
    asked = deal.buyer if deal.buyer.agency or rng.random() < 0.5 else deal.supplier
    _question(dossier, rng, names[0], asked, papers.later(day, -12))
    first = _article(dossier, rng, names[0], day, None, asked, replies)
    copied = _article(dossier, rng, names[1], papers.later(day, rng.randint(1, 4)), first, asked, "")
    if rng.random() < 0.8:
        lost = _article(dossier, rng, names[2], papers.later(day, rng.randint(5, 9)), copied, asked, "", keep=False)
        if rng.random() < 0.6:
            _article(dossier, rng, names[3], papers.later(day, rng.randint(10, 14)), lost, asked, "", keep=False)
    if replies in ("declined", "denied"):
        _reply(dossier, rng, names[0], asked, papers.later(day, -2), replies)
    if replies == "denied":
        _denial(dossier, names[4], papers.later(day, rng.randint(3, 20)), asked)


def _article(
    dossier: Dossier,
    rng: Random,
    outlet: Mapping[str, Any],
    day: date,
    source: Printed | None,
    asked: Firm,
    reply: str,
    *,
    keep: bool = True,
) -> Printed:
    """Write and file one article; `source` is the one that it copies."""
    language = outlet["language"]
    desk = dossier.desk("press", (language,))
    writer = Writer(desk, outlet, day)
    hedge = source.hedge if source else rng.randrange(4)
    hedged = keep if source is None or source.hedged else False
    writer.substance(Source(source.outlet if source else None, hedge, hedged))
    if source is None:
        person = dossier.filer.world.person(rng, language)
        writer.expert(person, hedge)
        writer.filler()
        if rng.random() < 0.6 and "delivered" not in dossier.basis:
            writer.delivered()
            dossier.claimed.add("delivered")
        if reply in ("declined", "silent"):
            writer.reply(reply, asked)
    else:
        if not hedged and source.hedged:
            writer.article.lost = list(table("wording/press")[source.language]["hedges"][hedge % 4])
        elif not hedged:
            writer.article.lost = []
        writer.filler()
    path = _file(dossier, desk.rng, writer.article)
    origin = source.origin if source else dossier.contract
    _note(dossier, writer.article, path, origin, source.path if source else None)
    return Printed(path, outlet, language, hedged, hedge, origin)


def _file(dossier: Dossier, rng: Random, article: Article) -> str:
    """File an article as a web page, a text or a print-out."""
    desk = dossier.desk("press", (article.language,))
    stem = f"press/{article.day:%Y-%m-%d}_{rng.randint(1, 99):02d}"
    sort = Sort("press", article.day, "", "unclear", own=False)
    form = rng.choice(("html", "html", "html", "txt", "pdf"))
    if form == "html":
        data, shown = html_of(article, rng)
        return dossier.plain(desk, sort, data, shown, "text", f"{stem}.html")
    if form == "txt":
        return dossier.plain(
            desk, sort, txt_of(article.text, article.language, rng), article.text, "text", f"{stem}.txt"
        )
    sheets = dossier.filer.make(desk, sort, lambda scan: blocks_of(article), scan=False, plain=True)
    path = dossier.filer.file(dossier.deal, desk, sort, sheets, f"{stem}.pdf")
    return path


def _note(dossier: Dossier, article: Article, path: str, origin: str, copies: str | None) -> None:
    dossier.cabinet.add(
        "press",
        {
            "path": path,
            "outlet": article.outlet[article.language],
            "published": article.day.isoformat(),
            "origin": origin,
            "copies": copies,
            "lost_hedges": article.lost,
            "claims": article.claims,
        },
    )


def _denial(dossier: Dossier, outlet: Mapping[str, Any], day: date, asked: Firm) -> None:
    """Write the article in which an official denies deliveries."""
    desk = dossier.desk("press", (outlet["language"],))
    writer = Writer(desk, outlet, day)
    writer.filler()
    writer.denied(asked.signer)
    writer.filler()
    path = _file(dossier, desk.rng, writer.article)
    _note(dossier, writer.article, path, asked.signer.key, None)
    dossier.denied.add("delivered")


def _newspaper(outlet: Mapping[str, Any], like: Firm) -> Firm:
    """Return an outlet as one to whom letters are written."""
    names = {language: outlet[language] for language in ("ru", "uk", "zh", "en")}
    return replace(
        like,
        key=f"outlet-{outlet['en']}".lower().replace(" ", "-"),
        names=names,
        shorts=names,
        genitives={},
        agency=False,
    )


def _question(dossier: Dossier, rng: Random, outlet: Mapping[str, Any], asked: Firm, day: date) -> None:
    """File the newspaper's questions as a letter."""
    language = rng.choice(dossier.deal.languages)
    desk = dossier.desk("letter", (language,))
    paper = _newspaper(outlet, dossier.filer.world.firm(rng, outlet["language"], False))
    number = f"{rng.randint(10, 999)}/{day:%y}"
    given = {"outlet": desk.same(outlet[language])}
    write = lambda scan: papers.letter(desk, "questions", day, papers.later(day, 7), number, paper, asked, **given)  # noqa: E731
    dossier.put(desk, Sort("letter", day, number), write, "letter")


def _reply(dossier: Dossier, rng: Random, outlet: Mapping[str, Any], asked: Firm, day: date, reply: str) -> None:
    """File the official reply: a refusal to comment, or a denial."""
    language = asked.native if asked.native in dossier.deal.languages else dossier.deal.languages[0]
    desk = dossier.desk("letter", (language,))
    paper = _newspaper(outlet, dossier.deal.supplier)
    number = f"{rng.randint(10, 999)}/{day:%y}"
    write = lambda scan: papers.letter(desk, f"reply_{reply}", day, day, number, asked, paper)  # noqa: E731
    path, _ = dossier.put(desk, Sort("letter", day, number), write, "letter")
    if reply == "denied":
        dossier.denied.add("delivered")
        dossier.basis.setdefault("denied", []).append(path)
