"""A score as a table for people. For programs, `model.encode` gives its one JSON shape: the records of `shape`."""

from __future__ import annotations

from assay.specimen.score.shape import Goal, Score, Section


def render(score: Score, *, misses: int = 0) -> str:
    """Return the score as text: goals, hard errors, each section; and the `misses` worst misses."""
    lines = [f"Specimen of {score.pages} pages, seed {score.seed}", ""]
    lines += [_goal(goal) for goal in score.goals]
    lines += ["", f"errors that no average excuses: {score.hard_errors}"]
    for section in score.sections:
        lines += ["", *_section(section)]
    if misses:
        lines += ["", f"The worst {min(misses, len(score.misses))} of {len(score.misses)} misses"]
        for miss in score.misses[:misses]:
            place = f"{miss.path} p. {miss.page}" if miss.page else miss.path
            lines += [f"  {miss.kind} | {place}", f"      expected  {miss.expected}", f"      got       {miss.got}"]
    return "\n".join(lines) + "\n"


def _goal(goal: Goal) -> str:
    relation = "at most" if goal.upper else "at least"
    value = "-" if goal.value is None else f"{goal.value:.3f}"
    return f"  {_word(goal):13}{goal.name:58}{value:>8}  ({relation} {goal.target:g})"


def _word(goal: Goal) -> str:
    if goal.value is None:
        return "not measured"
    return "met" if goal.met else "NOT MET"


def _section(section: Section) -> list[str]:
    held = ", ".join(f"{c.name} {c.value}" if c.value else f"{c.name}: no records" for c in section.records)
    lines = [f"{section.name.upper()}  [{held}]"]
    if section.tallies:
        lines.append(f"  {'':44}{'truth':>8}{'found':>8}{'right':>8}{'prec.':>8}{'recall':>8}{'F1':>8}")
    for t in sorted(section.tallies, key=lambda t: (t.name, t.split)):
        name = f"{t.name}, {t.split}" if t.split else t.name
        figures = "".join(_ratio(v) for v in (t.precision, t.recall, t.f1))
        lines.append(f"  {name:44}{t.truth:>8}{t.found:>8}{t.right:>8}{figures}")
    for rate in section.rates:
        lines.append(f"  {rate.name:68}{_ratio(rate.value, 4)}  of {rate.whole:g}")
    for count in section.counts:
        mark = "  <- must be 0" if count.hard and count.value else ""
        lines.append(f"  {count.name:68}{count.value:>8}{mark}")
    return lines


def _ratio(value: float | None, digits: int = 3) -> str:
    return f"{'-':>8}" if value is None else f"{value:>8.{digits}f}"
