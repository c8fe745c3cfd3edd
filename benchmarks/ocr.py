"""Character error rate of the page reader on pages whose text is known, by script, resolution and wear, and its time.

Usage: python benchmarks/ocr.py [--half report] [--pages 4] [--seed 701] [--kind ru,zh,...] [--dpi 200,300]
       [--wear clean,scan,copy,stamp,greystamp] [--bare] [--show] [--json]

Pages are made in code (benchmarks/ocr_pages.py), worn, and read through the page reader: `clean` is the page as
rendered, `scan` the specimen's scanner at severities .1 to .7, `copy` an old copier that no rule was fitted to,
`stamp` and `greystamp` a colour scan with stamps and a signature over the writing (benchmarks/ocr_stamps.py), of which
the words that ink lies on are counted apart, too.
`--half` chooses the faces: the reader's rules are tuned on seeds and faces of "tune", reported on those of "report".

CER is edits over characters of the truth, block by block: the words read inside a block's box (taken back to the
sheet through the known placement), in the order of the page's text, spaces beside Han taken out, runs of space made
one. Nothing else is forgiven: look-alikes of another alphabet, dashes and quotes count. `torn` are blocks between
whose words the page's text has words of other blocks. `--bare` also takes the bare engine's own time on the same
pixels (Tesseract in one mix over the page; PP-OCR with its own detector where Han is expected). One thread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import time
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent))

from ocr_pages import KINDS, Block, Sheet, copied, is_han, page, rendered
from ocr_stamps import stamped, words_touched

SEVERITIES = (0.1, 0.3, 0.5, 0.7)


def edits(read: str, truth: str) -> int:
    """Return the Levenshtein distance (Myers' bit vectors, in Hyyrö's form)."""
    if not truth or not read:
        return len(truth) or len(read)
    bits: dict[str, int] = defaultdict(int)
    for k, c in enumerate(truth):
        bits[c] |= 1 << k
    full, last = (1 << len(truth)) - 1, 1 << (len(truth) - 1)
    plus, minus, distance = full, 0, len(truth)
    for c in read:
        match = bits[c]
        level = (((match & plus) + plus) ^ plus) | match | minus
        up, down = minus | (~(level | plus) & full), plus & level
        distance += bool(up & last) - bool(down & last)
        up, down = ((up << 1) | 1) & full, (down << 1) & full
        plus, minus = down | (~(level | up) & full), up & level
    return distance


def plain(text: str) -> str:
    """Return text as it is compared: NFC, runs of space as one, none beside Han."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(
        c for k, c in enumerate(text)
        if c != " " or not (is_han(text[k - 1]) or is_han(text[k + 1]))
    )  # fmt: skip


@dataclass(slots=True)
class Score:
    """Edits and characters by language of the block; torn blocks, blocks, and seconds of reading and of the engine.

    `under` are edits in the `touched` characters: those of words that a stamp or a signature lies on.
    """

    edits: dict[str, int]
    characters: dict[str, int]
    torn: int = 0
    under: int = 0
    touched: int = 0
    blocks: int = 0
    pages: int = 0
    seconds: float = 0.0
    bare: float = 0.0

    @classmethod
    def empty(cls) -> Score:
        """Return a score of nothing."""
        return cls(defaultdict(int), defaultdict(int))

    def cer(self, language: str = "") -> float:
        """Return edits over characters, of one language or of all."""
        chosen = [language] if language else list(self.characters)
        total = sum(self.characters[x] for x in chosen)
        return sum(self.edits[x] for x in chosen) / total if total else float("nan")

    def add(self, other: Score) -> None:
        """Take another score into this one."""
        for x, n in other.characters.items():
            self.characters[x] += n
            self.edits[x] += other.edits[x]
        for name in ("torn", "under", "touched", "blocks", "pages", "seconds", "bare"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Worn:
    """A page as it is read: its bytes and type, the way (3 x 3) from its page fractions back to the sheet's.

    `touched` tells for each block which of its characters stand in words that a stamp lies on; () without stamps.
    """

    data: bytes
    media_type: str
    back: Any
    touched: list[list[bool]]


def placed(sheet: Sheet, wear: str, dpi: int, seed: int, half: str) -> Worn:
    """Return the worn page."""
    import cv2
    import numpy as np

    clean = rendered(sheet.pdf, dpi)
    if wear == "clean":
        done, data = cv2.imencode(".png", clean)
        assert done
        return Worn(data.tobytes(), "image/png", np.eye(3), [])
    if wear == "scan":
        from assay.specimen.scan import scan

        rng = random.Random(f"wear {seed}")
        made = scan(sheet.pdf, rng, dpi=dpi, severity=rng.choice(SEVERITIES))
        return Worn(made.pdf, "application/pdf", np.linalg.inv(np.array(made.placements[0]).reshape(3, 3)), [])
    touched: list[list[bool]] = []
    if wear == "copy":
        raw, matrix = copied(sheet.pdf, seed, dpi)
    else:
        raw, matrix, mask = stamped(clean, sheet.kind, seed, dpi, wear == "stamp", half)
        touched = words_touched(sheet.blocks, mask)
    size = np.diag((clean.shape[1], clean.shape[0], 1.0))
    back = np.linalg.inv(np.linalg.inv(size) @ np.vstack((matrix, (0, 0, 1))) @ size)
    return Worn(raw, "image/jpeg", back, touched)


def read(data: bytes, media_type: str) -> tuple[Any, float]:
    """Return the page's record and the seconds of this process that it took."""
    from assay.model import Exhibit, Page
    from assay.read.image import IMAGE
    from assay.read.pdf import PDF
    from assay.work.part import ReadSettings

    reader = PDF if media_type == "application/pdf" else IMAGE
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), media_type, "benchmark", "1")
    start = time.process_time()
    made = list(reader.read(data, exhibit, ReadSettings(), 1, 1))
    seconds = time.process_time() - start
    return next(r for r in made if isinstance(r, Page)), seconds


def bare_seconds(data: bytes, media_type: str, dpi: int, kind: str) -> float:
    """Return the seconds of the engine alone over the same pixels."""
    import cv2
    import numpy as np

    from assay.read.ocr import engines

    grey = rendered(data, dpi) if media_type == "application/pdf" else cv2.imdecode(np.frombuffer(data, np.uint8), 0)
    start = time.process_time()
    if "zh" in kind:
        engines.han()(np.repeat(grey[:, :, None], 3, axis=2))
    if not kind.startswith("zh"):
        api = engines.tesseract("rus+ukr+eng")
        api.SetPageSegMode(3)
        api.SetImageBytes(grey.tobytes(), grey.shape[1], grey.shape[0], 1, grey.shape[1])
        api.SetSourceResolution(dpi)
        api.GetUTF8Text()
        api.Clear()
    return time.process_time() - start


def assigned(record: Any, blocks: list[Block], back: Any) -> list[list[int]]:
    """Return for each block the words that stand in it, in the order of the page's text."""
    import numpy as np

    words = record.words
    out: list[list[int]] = [[] for _ in blocks]
    if not len(words):
        return out
    x = (np.array(words.x0) + np.array(words.x1)) / 2 / 65535
    y = (np.array(words.y0) + np.array(words.y1)) / 2 / 65535
    there = back @ np.stack((x, y, np.ones_like(x)))
    x, y = there[0] / there[2], there[1] / there[2]
    boxes = np.array([b.box for b in blocks])
    inside = (
        (x[:, None] >= boxes[:, 0])
        & (x[:, None] <= boxes[:, 2])
        & (y[:, None] >= boxes[:, 1])
        & (y[:, None] <= boxes[:, 3])
    )
    for k in range(len(x)):
        hits = np.flatnonzero(inside[k])
        if len(hits):
            out[int(hits[0])].append(k)
    return out


def wrong_under(read: str, truth: str, flags: list[bool]) -> tuple[int, int]:
    """Return the edits that fall on flagged characters of `truth`, and how many characters are flagged.

    Both without spaces, so that the flags keep their places; what was read too much counts for the character before it.
    """
    from rapidfuzz.distance import Levenshtein

    kept = [flag for c, flag in zip(truth, flags, strict=True) if not c.isspace()]
    said, meant = "".join(read.split()), "".join(truth.split())
    wrong = 0
    for edit in Levenshtein.editops(meant, said):
        at = min(edit.src_pos, len(kept) - 1) if edit.tag != "insert" else max(0, min(edit.src_pos, len(kept)) - 1)
        wrong += bool(kept) and kept[at]
    return wrong, sum(kept)


def scored(sheet: Sheet, record: Any, worn: Worn, show: str = "") -> Score:
    """Compare a page as read with the truth."""
    score = Score.empty()
    score.pages = 1
    words, text = record.words, record.text
    for number, (block, mine) in enumerate(zip(sheet.blocks, assigned(record, sheet.blocks, worn.back), strict=True)):
        parts = []
        for n, k in enumerate(mine):
            if n and words.start[k] > words.end[mine[n - 1]]:
                parts.append(" ")
            parts.append(text[words.start[k] : words.end[k]])
        said, truth = plain("".join(parts)), plain(block.text)
        wrong = edits(said, truth)
        score.edits[block.language] += wrong
        score.characters[block.language] += len(truth)
        score.blocks += 1
        if worn.touched and any(worn.touched[number]):
            under, touched = wrong_under("".join(parts), block.text, worn.touched[number])
            score.under += under
            score.touched += touched
        score.torn += bool(mine) and mine[-1] - mine[0] + 1 > len(mine) + 1
        if show and wrong:
            print(f"  {show} {block.language} {wrong}\n    truth {truth}\n    read  {said}")
    return score


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", default="report", choices=("tune", "report"))
    parser.add_argument("--pages", type=int, default=4, help="pages of each kind, resolution and wear")
    parser.add_argument("--seed", type=int, default=701)
    parser.add_argument("--kind", default=",".join(KINDS))
    parser.add_argument("--dpi", default="200,300")
    parser.add_argument("--wear", default="clean,scan,copy")
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--show", action="store_true", help="print each block that was read with errors")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = []
    scripts: dict[tuple[str, str], Score] = {}
    for kind in chosen.kind.split(","):
        for wear in chosen.wear.split(","):
            for dpi in map(int, chosen.dpi.split(",")):
                total = Score.empty()
                for seed in range(chosen.seed, chosen.seed + chosen.pages):
                    sheet = page(kind, seed, chosen.half)
                    worn = placed(sheet, wear, dpi, seed, chosen.half)
                    record, seconds = read(worn.data, worn.media_type)
                    own = scored(sheet, record, worn, f"{kind} {wear} {dpi} {seed}" if chosen.show else "")
                    own.seconds = seconds
                    own.bare = bare_seconds(worn.data, worn.media_type, dpi, kind) if chosen.bare else 0.0
                    total.add(own)
                row = {
                    "kind": kind, "wear": wear, "dpi": dpi, "pages": total.pages, "cer": round(100 * total.cer(), 2),
                    "by": {x: round(100 * total.cer(x), 2) for x in total.characters},
                    "torn": total.torn, "blocks": total.blocks,
                    "under": round(100 * total.under / total.touched, 2) if total.touched else None,
                    "touched": total.touched,
                    "seconds": round(total.seconds / total.pages, 2), "bare": round(total.bare / total.pages, 2),
                }  # fmt: skip
                rows.append(row)
                for x in total.characters:
                    share = Score.empty()
                    share.edits[x], share.characters[x] = total.edits[x], total.characters[x]
                    scripts.setdefault((x, wear), Score.empty()).add(share)
                if not chosen.json:
                    by = "  ".join(f"{x} {v:5.2f}" for x, v in row["by"].items())
                    print(
                        f"{kind:9} {wear:5} {dpi}  {row['pages']:2} pages  CER {row['cer']:5.2f} %  torn {row['torn']}/"
                        f"{row['blocks']}  {row['seconds']:5.2f} s"
                        + (f" (bare {row['bare']:5.2f})" if chosen.bare else "") + f"   {by}"
                        + (f"   under {row['under']} % of {row['touched']}" if row["touched"] else ""),
                        flush=True,
                    )  # fmt: skip
    if chosen.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    print("\nCER by language of the text, all kinds of page together:")
    for (language, wear), score in sorted(scripts.items()):
        print(f"  {language:5} {wear:5} {100 * score.cer():5.2f} %  of {sum(score.characters.values())} characters")


if __name__ == "__main__":
    main()
