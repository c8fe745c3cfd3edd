"""A person's reading of a page: showing what stands there word by word, and correcting it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from assay.case import Case
from assay.cli import say, show_json
from assay.custody.paths import first_paths
from assay.model import Correction, Page, encode
from assay.model.errors import Usage
from assay.publish.evidence import LOW
from assay.read.align import tokens
from assay.read.correct import Elsewhere, Word, history, machines, pending, standing, taken, typed, undone
from assay.read.elsewhere import elsewhere
from assay.store.store import Store
from assay.work.part import ReadRefused

MOST_BYTES = 64 << 20


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("exhibit")
@click.argument("page", type=click.IntRange(1))
@click.option("--text", type=click.Path(path_type=Path, allow_dash=True), help="A file with the page's whole text.")
@click.option("--word", "number", type=click.IntRange(1), help="The number of the word to change, as `show` gives it.")
@click.option("--was", help="What stands there now: with --word as a safeguard, alone when it occurs once.")
@click.option("--to", help="What stands there in truth; empty to take the word out.")
@click.option("--from", "origin", type=click.Path(path_type=Path), help="An hOCR or ALTO file: take its reading.")
@click.option("--from-page", type=click.IntRange(1), default=1, show_default=True, help="Which page of that file.")
@click.option("--undo", is_flag=True, help="Take the last correction back.")
@click.option("--machine", is_flag=True, help="Go back to the machine's reading.")
@click.option("--by", "--person", "person", required=True, help="Who corrects: a name or a code name.")
@click.option("--why", "--note", "note", default="", help="Why: what is seen on the page.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def correct(
    case: Path, exhibit: str, page: int, text: Path | None, number: int | None, was: str | None, to: str | None,
    origin: Path | None, from_page: int, undo: bool, machine: bool, person: str, note: str, as_json: bool,
) -> int:  # fmt: skip
    """Correct what PAGE of EXHIBIT reads (a path, or the beginning of its SHA-256).

    Give the whole page with --text, one word with --to and --word or --was, or a reading made elsewhere with --from.
    The machine's reading stays beside the correction, and both are in the log. What rests on the page is redone at the
    next run: assay run --case CASE.
    """
    ways = (text is not None, to is not None, origin is not None, undo, machine)
    if sum(ways) != 1 or (to is None) != (number is None and was is None):
        raise Usage(
            "say what to correct in one way",
            hint="--text FILE, or --to NEW with --word N or --was OLD, or --from FILE, or --undo.",
        )
    with Case.open(case, make=False) as opened:
        digest = opened.exhibit(exhibit)
        before = standing(opened.store, digest, page)

        def made(store: Store, by: Word) -> Correction:
            if undo or machine:
                return undone(store, digest, page, by, wholly=machine)
            if origin is not None:
                return taken(store, digest, page, _elsewhere(store, origin, from_page), by)
            said = _read(text) if text is not None else _with_word(before, page, number, was, str(to))
            return typed(store, digest, page, said, by)

        correction = opened.correct(made, person, note)
        after = standing(opened.store, digest, page)
    assert after
    if as_json:
        show_json({"kind": correction.KIND, "id": correction.id, **json.loads(encode(correction))})
        return 0
    say(f"page {page} of {exhibit}: {after.notes[-1] if correction.text else 'as the machine read it'}.")
    click.echo(f"Now redo what rests on it: assay run --case {case}")
    return 0


def _read(file: Path) -> str:
    data = sys.stdin.buffer.read(MOST_BYTES + 1) if str(file) == "-" else _bytes(file)
    if len(data) > MOST_BYTES:
        raise Usage(f"{file} is larger than {MOST_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Usage(f"{file} is no UTF-8 text: byte {error.start}", hint="Save it as UTF-8.") from error


def _elsewhere(store: Store, file: Path, number: int) -> Elsewhere:
    """Return the reading of a page in an hOCR or ALTO file; the file itself is kept in the case."""
    data = _bytes(file)
    try:
        origin, text, words = elsewhere(data, number)
    except ReadRefused as refused:
        raise Usage(f"{file}: {refused.message}", hint="Give an ALTO or hOCR file of this page.") from refused
    return Elsewhere(text, words, origin, store.blobs.put(data))


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise Usage(f"there is no file {file}")
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _with_word(page: Page | None, name: int, number: int | None, was: str | None, to: str) -> str:
    """Return a page's text with one word of it changed."""
    if page is None:
        return to  # what follows says that there is no such page
    listed = tokens(page.text)
    if number is None:
        assert was is not None
        places = [i for i in range(len(page.text)) if was and page.text.startswith(was, i)]
        if len(places) != 1:
            where = ", ".join(str(n) for n, t in enumerate(listed, 1) if any(t.start <= p < t.end for p in places[:20]))
            raise Usage(
                f"“{was}” stands {len(places)} times on page {name}",
                hint=f"Name the word by its number: {where}." if places else "assay show CASE EXHIBIT --page N",
            )
        start, end = places[0], places[0] + len(was)
    else:
        if number > len(listed):
            raise Usage(f"page {name} has {len(listed)} words", hint="assay show CASE EXHIBIT --page N numbers them.")
        start, end = listed[number - 1].start, listed[number - 1].end
        if was is not None and page.text[start:end] != was:
            raise Usage(f"word {number} of page {name} is “{page.text[start:end]}”, not “{was}”")
    return page.text[:start] + to + page.text[end:]


def reading_json(case: Case, exhibit: str, number: int) -> dict[str, Any]:
    """Return one page as it reads now, its words numbered, with the machine's reading and all corrections."""
    page = standing(case.store, exhibit, number)
    if page is None:
        raise Usage(f"exhibit {exhibit[:12]} has no page {number}", hint="assay show CASE --coverage lists the pages.")
    made = history(case.store, exhibit, number)
    machine = machines(case.store, exhibit)[number]
    words = []
    for n, token in enumerate(tokens(page.text), 1):
        inside = page.words.within(token.start, token.end)
        boxes = page.words.boxes(token.start, token.end)
        words.append(
            {
                "n": n,
                "text": token.text,
                "start": token.start,
                "end": token.end,
                "confidence": min((page.words.confidence[i] for i in inside), default=None),
                "boxes": [[b.x0, b.y0, b.x1, b.y1] for b in boxes],
                "others": [o.text for o in page.others if o.start < token.end and token.start < o.end],
            }
        )
    return {
        "path": first_paths(case.store).get(exhibit, ""),
        "exhibit": exhibit,
        "page": number,
        "state": str(page.state),
        "how": page.how,
        "engine": page.engine,
        "language": page.language,
        "confidence": page.confidence,
        "text": page.text,
        "notes": list(page.notes),
        "words": words,
        "machine": None if page == machine else {"id": machine.id, "engine": machine.engine, "text": machine.text},
        "corrections": [
            {"id": c.id, "at": c.at, "person": c.person, "note": c.note, "origin": c.origin, "supersedes": c.supersedes}
            for c in made
        ],
        "waits_for_a_run": exhibit in pending(case.store),
    }


def reading_text(seen: dict[str, Any]) -> str:
    """Return a page for a terminal: each word with its number, doubtful ones with their confidence."""
    lines = [f"{seen['path']}, page {seen['page']}: {seen['state']}, {seen['how']}, {seen['engine'] or 'no engine'}"]
    lines += [f"  {note}" for note in seen["notes"]]
    at, row = 0, ""
    for word in seen["words"]:
        between = seen["text"][at : word["start"]]
        if "\n" in between:
            lines.append(row)
            row = ""
        low = word["confidence"] is not None and word["confidence"] < LOW
        row += ("" if not row else " ") + f"{word['n']}:{word['text']}" + (f"({word['confidence']}?)" if low else "")
        row += "".join(f"(or {other}?)" for other in word["others"])
        at = word["end"]
    lines.append(row)
    if seen["machine"]:
        lines += ["", "The machine read:", seen["machine"]["text"]]
    for c in seen["corrections"]:
        why = f": {c['note']}" if c["note"] else ""
        lines.append(f"{c['at']} {c['person']} ({c['origin']}){why}")
    if seen["waits_for_a_run"]:
        lines += ["", "A correction waits for the next run: assay run --case CASE"]
    return "\n".join(lines)
