"""The policy of the axes: which findings lead to which word. One readable literal; `axes.py` applies it.

Words and rules are those of design.md, section 6. Rules of one axis are tried from top to bottom, the first that
holds gives the word; when none does, the axis's default stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from assay.model import Direction, Weight

INTEGRITY, ORIGIN, CONTENT, STAGE, COMPLETENESS = "integrity", "origin", "content", "stage", "completeness"
AXES = (INTEGRITY, ORIGIN, CONTENT, STAGE, COMPLETENESS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A finding of `parts` (a name, or the beginning of names up to a dot) that leads to `word`.

    `weight` is the least weight. `groups` are causes, any when empty. With `reviewed` a person must have accepted
    the finding. `sentence` says why; "{n}" stands for the number of independent causes, "{n:one|several}" for the word
    that goes with it.
    """

    axis: str
    word: str
    parts: tuple[str, ...]
    direction: Direction
    weight: Weight
    sentence: str
    groups: tuple[str, ...] = ()
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Clear:
    """What an axis says when its examinations looked and found nothing against the document.

    At least one of `parts` must have answered no_finding. `sure` asks that the answer speaks for the document: that
    something was there to compare.
    """

    axis: str
    word: str
    parts: tuple[str, ...]
    sentence: str
    sure: bool = False


_TRACES = ("pdf.", "img.", "ooxml.zip", "ole.")
_SIGNATURES = ("sig.", "mail.dkim", "img.c2pa")

RULES: tuple[Rule, ...] = (
    Rule(
        INTEGRITY, "altered after creation", (*_TRACES, "mail."), Direction.AGAINST, Weight.STRONG,
        "A strong finding, which a person looked at and accepted, says that it was changed after it was made.",
        reviewed=True,
    ),
    Rule(
        INTEGRITY, "altered after creation", ("sig.",), Direction.AGAINST, Weight.STRONG,
        "A signature does not hold over it as it is, and a person looked at that and accepted it as a change.",
        groups=("broken signature",), reviewed=True,
    ),
    Rule(
        INTEGRITY, "altered after creation", ("pdf.revdiff", "pdf.sigdiff"), Direction.AGAINST, Weight.MODERATE,
        "Its earlier saved state shows other words, and a person looked at both states and accepted the finding.",
        reviewed=True,
    ),
    Rule(
        INTEGRITY, "signs of later processing", (*_TRACES, "mail.", "file."), Direction.AGAINST,
        Weight.LIMITED, "{n} independent {n:trace|traces} of a change after it was made; a person has to look first.",
    ),
    Rule(
        INTEGRITY, "signs of later processing", ("sig.",), Direction.AGAINST, Weight.LIMITED,
        "A signature does not hold over it, or not over all of it; a person has to look first.",
        groups=("broken signature", "signed range"),
    ),
    Rule(
        INTEGRITY, "shown unchanged since signing", _SIGNATURES, Direction.FOR, Weight.CRYPTOGRAPHIC,
        "A signature holds over all that a person sees of it; it says which key signed it, not that it is true.",
        groups=("unchanged since signing",),
    ),
    Rule(
        ORIGIN, "inconsistent",
        ("mail.chain", "set.network", "pdf.producerdate", "pdf.fontdate", "print.", "txt.anachronism"),
        Direction.AGAINST, Weight.MODERATE,
        "{n} independent {n:finding does|findings do} not fit where it says it comes from.",
    ),
    Rule(
        ORIGIN, "inconsistent", _SIGNATURES, Direction.AGAINST, Weight.MODERATE,
        "Its signer's certificate did not count when it was signed.", groups=("signer's certificate",),
    ),
    Rule(
        ORIGIN, "consistent with what is claimed", _SIGNATURES, Direction.FOR, Weight.CRYPTOGRAPHIC,
        "A signature holds, with a key that a person vouches for.", groups=("signer vouched for",),
    ),
    Rule(
        CONTENT, "contradictory", ("txt.",), Direction.AGAINST, Weight.MODERATE,
        "{n} independent {n:contradiction stands|contradictions stand} in what it says; a clerical error is a rival "
        "explanation.",
    ),
    Rule(
        CONTENT, "contradictory", ("set.versions",), Direction.AGAINST, Weight.MODERATE,
        "Another paper of the same number and day says something else; one of the two may be an earlier version.",
    ),
    Rule(
        STAGE, "draft", ("ooxml.track",), Direction.NEITHER, Weight.NEUTRAL,
        "Tracked changes still stand in it.", groups=("tracked changes",),
    ),
    Rule(
        STAGE, "draft", ("doc.stage",), Direction.NEITHER, Weight.NEUTRAL, "It bears a draft's mark.",
        groups=("draft mark",),
    ),
    Rule(
        STAGE, "final", ("sig.",), Direction.FOR, Weight.CRYPTOGRAPHIC, "It bears a signature that holds.",
        groups=("unchanged since signing",),
    ),
    Rule(
        STAGE, "final", ("doc.stage",), Direction.NEITHER, Weight.NEUTRAL,
        "It bears the mark of having been signed; whether the signature holds is another question.",
        groups=("signing mark",),
    ),
    Rule(
        COMPLETENESS, "parts missing", ("set.gaps",), Direction.AGAINST, Weight.MODERATE,
        "{n} {n:thing that belongs|things that belong} to it {n:is|are} not in the trove.",
    ),
)  # fmt: skip

CLEAR: tuple[Clear, ...] = (
    Clear(INTEGRITY, "no sign of alteration found", ("pdf.", "img.", "ooxml.zip", "ole.", "mail."),
          "What was examined shows no sign of alteration; a full rewrite or a new scan would leave none."),
    Clear(CONTENT, "consistent", ("txt.",), "What could be checked in it agrees.", sure=True),
    Clear(COMPLETENESS, "complete as referenced", ("set.gaps",), "All that it announces and counts is there.",
          sure=True),
)  # fmt: skip

DEFAULTS: dict[str, tuple[str, str]] = {
    INTEGRITY: ("not determinable", "No examination of its integrity applies to this kind of file."),
    ORIGIN: ("not determinable", "Nothing that was examined speaks of where it comes from."),
    CONTENT: ("not determinable", "Nothing was found in it that could be checked against itself."),
    STAGE: ("unclear", "Nothing that was examined shows whether it is a draft or final."),
    COMPLETENESS: ("unknown", "It announces and counts nothing that could be missed."),
}
"""Each axis's word and sentence when no rule holds."""

RELEVANT: dict[str, tuple[str, ...]] = {
    INTEGRITY: ("pdf.", "img.", "ooxml.zip", "ole.", "mail.", "file.", "sig."),
    ORIGIN: ("mail.chain", "set.network", "pdf.producerdate", "pdf.fontdate", "print.", "txt.anachronism"),
    CONTENT: ("txt.", "set.versions"),
    STAGE: ("ooxml.track", "doc.stage"),
    COMPLETENESS: ("set.gaps",),
}
"""Parts whose not_examined or error keeps an axis from being clear."""

EXCLUSIVE: dict[str, str] = {STAGE: "It bears marks of a draft and marks of having been signed."}
"""Axes whose rules contradict each other: when two words are reached, the default stands with this sentence."""

STRENGTH: tuple[Weight, ...] = (
    Weight.NEUTRAL, Weight.LIMITED, Weight.MODERATE, Weight.STRONG, Weight.CRYPTOGRAPHIC,
)  # fmt: skip

BASELINE_SHARE = 0.8
BASELINE_LEAST = 5
"""A finding that at least this share of at least so many examined exhibits share can be the trove's own handling."""
HANDLING: dict[Weight, tuple[str, ...]] = {
    Weight.LIMITED: ("pdf.", "img.", "ooxml.", "ole.", "mail.chain", "file.", "set.tz", "set.template"),
    Weight.MODERATE: ("pdf.producerdate", "pdf.fontdate", "pdf.dates", "img.exif", "ole.props", "ooxml.time"),
}
"""Parts whose findings, of a weight, a mass re-save or re-packing leaves: it writes files anew and keeps old dates.

Words, sums, signatures and what is missing are never the doing of a handler, however many papers share them.
"""


def belongs(part: str, parts: tuple[str, ...]) -> bool:
    """Whether a part's name is one of `parts`, or begins with one that ends in a dot."""
    return any(part == name or (name.endswith(".") and part.startswith(name)) for name in parts)
