"""What a report shows beside the page as it is: the page of an earlier saved state, and views that weigh nothing.

Limits: at most `MOST_PAGES` pages of a document are shown in other ways, those first on which an examination of
pictures found something; drawn when a report is asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.examine.image.views import VIEWS, view
from assay.examine.pdf.revdiff import REVDIFF, compared, earlier
from assay.examine.pdf.revisions import ChainBroken
from assay.examine.pdf.states import StateRefused
from assay.model import Finding, FindingStatus, Page, PageState
from assay.publish.images import DPI, PICTURED, Wanted
from assay.store.store import Store

MOST_PAGES = 2
MOST_PLACES = 4
"""Pages of one finding that are shown."""
ELA = "img.ela"
_BEFORE, _GONE = "before", "gone"


def wanted(store: Store, exhibits: Iterable[str]) -> Iterator[Wanted]:
    """Yield the pictures that the reports on `exhibits` show: pages with a marked place, earlier states, views."""
    for digest in exhibits:
        shown = {p.number for p in store.of(Page, digest) if p.kind in PICTURED and p.state is PageState.READ}
        findings = [f for f in store.of(Finding, digest) if f.status is FindingStatus.FINDING]
        for finding in findings:
            pages = dict.fromkeys(s.page for s in finding.spans if s.boxes and s.exhibit == digest)
            yield from (Wanted(digest, n) for n in list(pages)[:MOST_PLACES] if n in shown)
            before = before_of(finding)
            if before is not None:
                yield before
        for number in viewed(findings):
            yield from (Wanted(digest, number, 0, view=one.name) for one in VIEWS)


def before_of(finding: Finding) -> Wanted | None:
    """Return the picture of the page as it was before the change that a finding is about; None when it is of none."""
    said = compared(finding.observation) if finding.part == REVDIFF.name else None
    if said is None:
        return None
    page, before, after, gone = said
    return Wanted(finding.exhibit, page, 0, view=f"{_GONE if gone else _BEFORE}.{before}.{after}")


def viewed(findings: Iterable[Finding]) -> tuple[int, ...]:
    """Return the pages that are shown in other ways: compressed pictures, those with a finding first."""
    able: list[int] = []
    pointed: set[int] = set()
    for finding in findings:
        if finding.part == ELA:
            able += [s.page for s in finding.spans if s.page]
        elif finding.part.startswith("img."):
            pointed |= {s.page for s in finding.spans if s.boxes}
    return tuple(sorted(dict.fromkeys(able), key=lambda n: (n not in pointed, n))[:MOST_PAGES])


def drawn(name: str, data: bytes, media_type: str, page: int, passwords: tuple[str, ...]) -> bytes | None:
    """Return one view of a page as PNG; None when there is nothing to show. Raises what reading the file raises."""
    from assay.read.render import render

    kind, *states = name.split(".")
    try:
        if not states:
            return view(kind, media_type, data, page)
        before, after = (int(n) for n in states)
        state = earlier(data, before, after, page, kind == _GONE)
    except (StateRefused, ChainBroken):
        return None
    return render(state[0], media_type, state[1], DPI, 0, passwords) if state else None
