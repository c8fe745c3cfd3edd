"""`pdf.active`: what in a PDF acts when it is opened or clicked: scripts, commands, forms to send, attachments.

A neutral fact about the document and a matter of safety for who opens it. Limits: scripts are listed, not understood;
what a rich-media or 3D annotation carries is named and not looked into. Source: ISO 32000-2, 12.6 and 7.11.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from assay.examine.pdf.facts import structure
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Direction, Reading, Record, Weight
from assay.work.part import Examination

MOST_OBJECTS = 200_000
_MOST_SAID = 5
_SCRIPT_LARGEST = 1_000_000
_ACTIONS = {
    "/JavaScript": "script", "/Launch": "command that starts a program", "/SubmitForm": "form that is sent out",
    "/ImportData": "import of data", "/GoToR": "link into another file", "/GoToE": "link into an attachment",
    "/URI": "web address", "/Rendition": "media action", "/RichMediaExecute": "rich media action",
}  # fmt: skip
_DANGEROUS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute")

_LIMITS = (
    "What acts is listed, not judged and not run; it says nothing about whether the document was changed. Objects "
    "that no page leads to are listed too."
)
_QUESTION = Question(
    part="pdf.active",
    version="1",
    proposition="The file can act on the computer of who opens it.",
    alternative="The file only shows pages.",
    expected="No script, no command and no attachment.",
    innocent=("forms with calculations or checks", "attached source files, as electronic invoices carry them"),
    limits=_LIMITS,
    heaviest=Weight.NEUTRAL,
)


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """List what acts in one PDF."""
    digest = reading.exhibit.digest
    try:
        with structure(data) as pdf:
            counts, details = _listed(pdf)
            looked = len(pdf.objects)
    except StateRefused as error:
        yield _QUESTION.not_examined(digest, f"The file could not be opened for this examination: {error}.")
        return
    if looked > MOST_OBJECTS:
        yield _QUESTION.not_examined(digest, f"The first {MOST_OBJECTS} of {looked} objects were looked at.")
    risky = {kind: n for kind, n in counts.items() if kind != _ACTIONS["/URI"] and "link" not in kind}
    for group, which, advice in (
        ("active content", risky, " Open the file only in a viewer that runs nothing."),
        (
            "links",
            {k: n for k, n in counts.items() if k not in risky},
            " A click tells a server that the file was read.",
        ),
    ):
        if which:
            listed = ", ".join(f"{n} {kind}(s)" for kind, n in sorted(which.items()))
            said = "; ".join(quoted(d, 80) for d in details if d)
            yield _QUESTION.finding(
                digest, f"It holds {listed}{': ' + said if said and group == 'active content' else ''}.{advice}", (),
                Weight.NEUTRAL, group, direction=Direction.NEITHER,
            )  # fmt: skip
    if not counts:
        yield _QUESTION.nothing(digest, f"None of its {looked} objects acts.", direction=Direction.NEITHER)


def _listed(pdf: Any) -> tuple[Counter[str], list[str]]:
    import pikepdf

    counts: Counter[str] = Counter()
    details: list[str] = []
    for index, item in enumerate(pdf.objects):
        if index >= MOST_OBJECTS:
            break
        for value in _dictionaries(item):
            kind = str(value.get("/S")) if isinstance(value.get("/S"), pikepdf.Name) else ""
            if kind in _ACTIONS:
                counts[_ACTIONS[kind]] += 1
                if kind in _DANGEROUS and len(details) < _MOST_SAID:
                    details.append(_detail(value))
            if isinstance(value.get("/EF"), pikepdf.Dictionary):
                counts["attachment"] += 1
                name = value.get("/UF", value.get("/F"))
                if isinstance(name, pikepdf.String) and len(details) < _MOST_SAID:
                    details.append(str(name))
            if value.get("/Subtype") in ("/RichMedia", "/Movie", "/Screen", "/3D"):
                counts["media annotation"] += 1
            if isinstance(value.get("/XFA"), pikepdf.Array | pikepdf.Stream):
                counts["XFA form"] += 1
    if pdf.Root.get("/OpenAction") is not None and isinstance(pdf.Root.get("/OpenAction"), pikepdf.Dictionary):
        kind = str(pdf.Root.OpenAction.get("/S", ""))
        if kind in _DANGEROUS:
            counts["action at opening"] += 1
    return counts, details


def _dictionaries(item: Any) -> Iterable[Any]:
    """Yield an indirect object and the direct dictionaries in it, three levels deep."""
    import pikepdf

    level, seen = [item], 0
    for _ in range(4):
        deeper = []
        for value in level:
            if isinstance(value, pikepdf.Stream):
                value = value.stream_dict
            if isinstance(value, pikepdf.Dictionary):
                yield value
                deeper += [v for v in value.values() if _direct(v)]
            elif isinstance(value, pikepdf.Array):
                deeper += [v for v in list(value)[:500] if _direct(v)]
            seen += 1
            if seen > 2_000:
                return
        level = deeper


def _direct(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and value.objgen == (0, 0)


def _detail(action: Any) -> str:
    import pikepdf

    for name in ("/JS", "/F", "/URI"):
        value = action.get(name)
        if isinstance(value, pikepdf.Stream) and len(value.read_raw_bytes()) < _SCRIPT_LARGEST:
            return value.read_bytes()[:400].decode("latin-1")
        if isinstance(value, pikepdf.String):
            return str(value)[:400]
    return ""


ACTIVE = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Lists scripts, commands, links and attachments of a PDF, so that nobody opens them unawares.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=("application/pdf",),
    examine=examine,
)
