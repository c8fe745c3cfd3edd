"""Setting: blocks become leaves with ink and with their true text.

Side-by-side columns come one after the other in the text, page by page; a grid's row is one line with tabs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assay.specimen.fonts import is_han, width_of
from assay.specimen.paper import Beside, Block, Gap, Grid, Ink, Leaf, Pair, Paragraph, Sheet, tokens, wrap


class Setting:
    """Sets blocks on leaves, one after the other. Use `leaves_of`."""

    def __init__(self, sheet: Sheet) -> None:
        """Open the first leaf."""
        self.sheet = sheet
        self.leaves: list[Leaf] = []
        self.columns: tuple[list[str], list[str]] = ([], [])
        self.turn()

    @property
    def inner(self) -> float:
        """Width between the margins."""
        left, _, right, _ = self.sheet.margins
        return self.sheet.width - left - right

    @property
    def floor(self) -> float:
        """The lowest y that body text may reach."""
        return self.sheet.height - self.sheet.margins[3]

    def flush(self) -> None:
        """Write the columns' text down: all of the left, then all of the right."""
        self.leaf_texts(self.columns[0] + self.columns[1])
        self.columns = ([], [])

    def leaf_texts(self, texts: Sequence[str]) -> None:
        """Add true text to the open leaf."""
        if self.leaves:
            self.leaves[-1].texts.extend(texts)

    def turn(self) -> None:
        """Open a new leaf."""
        self.flush()
        self.leaves.append(Leaf())
        self.y = self.sheet.margins[1]

    def line(
        self, text: str, x: float, width: float, align: str, size: float, bold: bool, italic: bool, last: bool
    ) -> None:
        """Draw one line at the cursor, whose y is the line's top."""
        pair = self.sheet.family.pick(bold, italic)
        baseline = self.y + size
        wide = width_of(text, pair, size)
        ink = self.leaves[-1].ink
        words = text.split(" ")
        if align == "justify" and not last and len(words) > 3 and wide > width * 0.8:
            space = (width - sum(width_of(w, pair, size) for w in words)) / (len(words) - 1)
            for word in words:
                ink.append(Ink("text", x, baseline, size, 0, word, bold, italic))
                x += width_of(word, pair, size) + space
            return
        x += (width - wide) / 2 if align == "center" else width - wide if align == "right" else 0
        ink.append(Ink("text", x, baseline, size, 0, text, bold, italic))

    def paragraph(self, block: Paragraph) -> None:
        """Set a paragraph; it may run over several leaves."""
        self.flush()
        size = self.sheet.size * block.scale
        step = size * self.sheet.leading
        align = "justify" if block.align == "left" and self.sheet.justify and not block.bold else block.align
        first = self.sheet.first_indent if block.align == "left" and not block.bold else 0.0
        width = self.inner - block.indent
        lines = wrap(block.text, self.sheet.family.pick(block.bold, block.italic), size, width, first)
        self.y += block.before
        need = step * (len(lines) + 3 if block.keep else min(len(lines), 2))
        if self.y + need > self.floor:
            self.turn()
        piece: list[str] = []
        x = self.sheet.margins[0] + block.indent
        for number, text in enumerate(lines):
            if self.y + step > self.floor:
                self.leaf_texts([joined(piece)])
                piece = []
                self.turn()
            shift = first if number == 0 else 0.0
            last = number == len(lines) - 1
            self.line(text, x + shift, width - shift, align, size, block.bold, block.italic, last)
            piece.append(text)
            self.y += step
        self.leaf_texts([joined(piece)])
        self.y += block.after

    def pair(self, block: Pair) -> None:
        """Set a clause pair in the sheet's pairing."""
        if self.sheet.pairing == "stacked":
            align = "center" if block.center else "left"
            self.paragraph(Paragraph(block.left, align, bold=block.bold, after=1.5))
            self.paragraph(Paragraph(block.right, align, bold=block.bold, after=6))
            return
        ruled = self.sheet.pairing == "table"
        size = self.sheet.size * 0.94
        step = size * self.sheet.leading
        pad = 4.0
        column = (self.inner - (0 if ruled else 14)) / 2
        width = column - (2 * pad if ruled else 0)
        faces = self.sheet.family.pick(block.bold, False)
        sides = [wrap(text, faces, size, width) for text in (block.left, block.right)]
        row = 0
        most = max(len(side) for side in sides)
        if self.y + step * (6 if block.bold else min(most, 3)) + 2 * pad > self.floor:
            self.turn()
        while row < most:
            fit = max(1, int((self.floor - self.y - (2 * pad if ruled else 0)) / step))
            until = min(most, row + fit)
            top = self.y
            lefts = (self.sheet.margins[0], self.sheet.margins[0] + self.inner - column)
            for index, side in enumerate(sides):
                self.y = top + (pad if ruled else 0)
                for number in range(row, min(until, len(side))):
                    align = "center" if block.center else "justify" if self.sheet.justify and not block.bold else "left"
                    x = lefts[index] + (pad if ruled else 0)
                    self.line(side[number], x, width, align, size, block.bold, False, number == len(side) - 1)
                    self.y += step
                self.columns[index].append(joined(side[row:until]))
            self.y = top + (until - row) * step + (2 * pad if ruled else 4)
            if ruled:
                self.frame(lefts[0], top, self.inner, self.y - top, (column,))
                self.flush()
            row = until
            if row < most:
                self.turn()

    def frame(self, x: float, top: float, width: float, height: float, inner: Sequence[float]) -> None:
        """Draw a box with vertical lines at the offsets `inner`."""
        ink = self.leaves[-1].ink
        for y in (top, top + height):
            ink.append(Ink("line", x, y, x + width, y))
        for offset in (0.0, *inner, width):
            ink.append(Ink("line", x + offset, top, x + offset, top + height))

    def grid(self, block: Grid) -> None:
        """Set a table; the header row is repeated on each new leaf. A table too tight for its words is set smaller."""
        self.flush()
        widths = self.widths(block)
        while sum(widths) > self.inner + 0.5 and block.scale > 0.55:
            block = replace(block, scale=block.scale * 0.94)
            widths = self.widths(block)
        spans = dict(block.spans)
        self.y += 3
        top = self.row(block, block.header, widths, -1, 1)
        for index, cells in enumerate(block.rows):
            merged = spans.get(index, 1)
            if self.y + self.row_height(block, cells, widths, index, merged) > self.floor:
                self.close(block, top, widths)
                self.turn()
                top = self.row(block, block.header, widths, -1, 1)
            self.row(block, cells, widths, index, merged)
        self.close(block, top, widths)
        self.y += 6

    def widths(self, block: Grid) -> list[float]:
        """Return the columns' widths: in proportion, but no word is broken; more than there is if that must be."""
        size, spans = self.sheet.size * block.scale, dict(block.spans)
        least = [0.0] * len(block.weights)
        for index, row in enumerate((block.header, *block.rows), start=-1):
            pair = self.sheet.family.pick(index == -1 or index in block.strong, False)
            for column, cell in enumerate(row):
                if cell and column >= spans.get(index, 0):
                    words = [w for part in cell.split("\n") for w in tokens(part)]
                    least[column] = max(least[column], *(width_of(w.rstrip(" "), pair, size) + 7 for w in words))
        share = self.inner / sum(block.weights)
        wanted = [weight * share for weight in block.weights]
        made = [max(a, b) for a, b in zip(least, wanted, strict=True)]
        slack = [m - need for m, need in zip(made, least, strict=True)]
        over = sum(made) - self.inner
        if over > 0 and sum(slack) > 0:
            cut = min(1.0, over / sum(slack))
            made = [m - s * cut for m, s in zip(made, slack, strict=True)]
        return made

    def row_height(self, block: Grid, cells: Sequence[str], widths: Sequence[float], index: int, merged: int) -> float:
        """Return how high a row will be."""
        size = self.sheet.size * block.scale
        pair = self.sheet.family.pick(index == -1 or index in block.strong, False)
        spread = (sum(widths[:merged]), *widths[merged:])
        shown = (cells[0], *cells[merged:])
        most = max(len(wrap(c, pair, size, w - 6)) for c, w in zip(shown, spread, strict=True))
        return most * size * 1.2 + 5

    def row(self, block: Grid, cells: Sequence[str], widths: Sequence[float], index: int, merged: int) -> float:
        """Draw one row and its rules; return its top."""
        height = self.row_height(block, cells, widths, index, merged)
        if index == -1 and self.y + height * 2.5 > self.floor:
            self.turn()
        size = self.sheet.size * block.scale
        bold = index == -1 or index in block.strong
        pair = self.sheet.family.pick(bold, False)
        spread = (sum(widths[:merged]), *widths[merged:])
        shown = (cells[0], *cells[merged:])
        aligns = (block.aligns[0] if merged == 1 else "right", *block.aligns[merged:])
        top, x, offsets = self.y, self.sheet.margins[0], [0.0]
        for cell, width, align in zip(shown, spread, aligns, strict=True):
            self.y = top + 1.5
            for text in wrap(cell, pair, size, width - 6):
                self.line(text, x + 3, width - 6, "center" if index == -1 else align, size, bold, False, True)
                self.y += size * 1.2
            x += width
            offsets.append(offsets[-1] + width)
        self.y = top + height
        left, ink = self.sheet.margins[0], self.leaves[-1].ink
        if block.rules == "full":
            self.frame(left, top, self.inner, height, offsets[1:-1])
        elif block.rules == "rows" or (block.rules in ("header", "outer") and index == -1):
            ink.append(Ink("line", left, top + height, left + self.inner, top + height))
            if index == -1:
                ink.append(Ink("line", left, top, left + self.inner, top))
        self.leaf_texts(["\t".join(cell.replace("\n", " ") for cell in shown if cell)])
        return top

    def close(self, block: Grid, top: float, widths: Sequence[float]) -> None:
        """Draw what rules a table has around it on this leaf."""
        left, ink = self.sheet.margins[0], self.leaves[-1].ink
        if block.rules == "outer":
            self.frame(left, top, self.inner, self.y - top, ())
        elif block.rules == "header":
            ink.append(Ink("line", left, self.y, left + self.inner, self.y))

    def beside(self, block: Beside) -> None:
        """Set two blocks next to each other; they are never parted over leaves."""
        self.flush()
        size = self.sheet.size * block.scale
        step = size * 1.28
        column = (self.inner - 20) / 2
        faces = self.sheet.family.regular
        sides = [[wrap(text, faces, size, column) for text in texts] for texts in (block.left, block.right)]
        height = max(sum(len(lines) for lines in side) for side in sides) * step + 6
        if self.y + height > self.floor:
            self.turn()
        top = self.y
        for index, side in enumerate(sides):
            x = self.sheet.margins[0] + index * (column + 20)
            self.y = top
            for number, lines in enumerate(side):
                for text in lines:
                    self.line(text, x, column, "left", size, block.bold_first and number == 0, False, True)
                    if block.hands[index] and "____" in text:
                        self.leaves[-1].ink.append(Ink("hand", x + 40, self.y + size * 0.4, text=block.hands[index]))
                    self.y += step
        if block.hands[0]:
            for index in (0, 1):
                middle = self.sheet.margins[0] + index * (column + 20) + column * 0.62
                self.leaves[-1].ink.append(Ink("seal", middle, top + height * 0.86, text=block.hands[index]))
        self.leaf_texts([*block.left, *block.right])
        self.y = top + height

    def gap(self, block: Gap) -> None:
        """Leave space, rule a line or turn the page."""
        self.flush()
        if block.page:
            self.turn()
            return
        if block.rule:
            left = self.sheet.margins[0]
            self.leaves[-1].ink.append(Ink("line", left, self.y + 2, left + self.inner, self.y + 2))
        self.y += block.height


def joined(lines: Sequence[str]) -> str:
    """Join the lines of one paragraph: with a space, but none between two Han characters."""
    text = ""
    for line in lines:
        if text and line:
            tight = is_han(text[-1]) or is_han(line[0]) or text[-1] in "-/"
            text += line if tight else f" {line}"
        else:
            text += line
    return text


def leaves_of(blocks: Sequence[Block], sheet: Sheet) -> list[Leaf]:
    """Set `blocks`; return the leaves with header and footer ("{page}" and "{pages}" filled in)."""
    setting = Setting(sheet)
    for block in blocks:
        match block:
            case Paragraph():
                setting.paragraph(block)
            case Pair():
                setting.pair(block)
            case Grid():
                setting.grid(block)
            case Beside():
                setting.beside(block)
            case Gap():
                setting.gap(block)
    setting.flush()
    leaves = setting.leaves
    if len(leaves) > 1 and not leaves[-1].ink:
        leaves.pop()
    for number, leaf in enumerate(leaves, start=1):
        _running(leaf, sheet, number, len(leaves))
    return leaves


def _running(leaf: Leaf, sheet: Sheet, page: int, pages: int) -> None:
    size = sheet.size * 0.8
    left, _, right, bottom = sheet.margins
    inner = sheet.width - left - right
    for template, y, target in (
        (sheet.header, 34.0, leaf.head),
        (sheet.footer, sheet.height - bottom + 26, leaf.foot),
    ):
        if not template:
            continue
        text = template.replace("{page}", str(page)).replace("{pages}", str(pages))
        wide = width_of(text, sheet.family.regular, size)
        x = left + {"left": 0.0, "center": (inner - wide) / 2, "right": inner - wide}[sheet.footer_align]
        leaf.ink.append(Ink("text", x, y, size, 0, text))
        target.append(text)
