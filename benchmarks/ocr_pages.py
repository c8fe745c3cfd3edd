"""Pages of text whose truth is known, in four scripts and their mixes, and what a copier does to them.

Purpose: material for benchmarks/ocr.py. Prose, bilingual columns, ruled tables, designations and contract numbers, set
with the fonts that scripts/setup installs. Limits: set text on white paper; stamps only as the specimen's scanner
presses them. The faces and seeds of `half="tune"` and `half="report"` never meet.
"""

from __future__ import annotations

import io
import random
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path("/usr/share/fonts/truetype")
EURO = {
    "tune": ("liberation/LiberationSerif-Regular.ttf", "dejavu/DejaVuSans.ttf", "paratype/PTS55F.ttf"),
    "report": (
        "liberation/LiberationSans-Regular.ttf",
        "paratype/PTF55F.ttf",
        "dejavu/DejaVuSerifCondensed.ttf",
        "dejavu/DejaVuSansCondensed.ttf",
    ),
}
HAN = {
    "tune": ("arphic/uming.ttc", "wqy/wqy-microhei.ttc"),
    "report": ("wqy/wqy-zenhei.ttc", "arphic/ukai.ttc", "droid/DroidSansFallbackFull.ttf"),
}
KINDS = ("ru", "uk", "en", "zh", "ruzh", "enzh", "rutable", "zhtable", "ruzhtable")
WIDE, HIGH = 595.0, 842.0


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a cell: its language, what stands in it, and where (page fractions of the sheet).

    `words` are the places in the text (start, end) between spaces, each sign of Han by itself, and their boxes.
    """

    language: str
    text: str
    box: tuple[float, float, float, float]
    cell: bool = False
    words: tuple[tuple[int, int, tuple[float, float, float, float]], ...] = ()


@dataclass(slots=True)
class Sheet:
    """A born-digital page of one `kind` and its blocks in the order in which they are read."""

    kind: str
    pdf: bytes
    blocks: list[Block] = field(default_factory=list)


@cache
def texts() -> dict[str, Any]:
    """Return the sentences and lists that pages are made of."""
    return tomllib.loads(Path(__file__).with_name("ocr_texts.toml").read_text("utf-8"))


def designation(rng: random.Random, language: str, latin: float = 0.5) -> str:
    """Return a type's designation in one alphabet; `latin` is how often it is Latin in a Cyrillic text."""
    letters = "ABCDEFGHKLMNPRSTVXYZ"
    if language in ("ru", "uk") and rng.random() >= latin:
        letters = "АБВГДКЛМНОПРСТУФХЦ"
    head = "".join(rng.choice(letters) for _ in range(rng.choice((1, 2, 2, 3))))
    tail = rng.choice(("", "", rng.choice(letters), rng.choice(letters) + str(rng.randint(1, 4))))
    return f"{head}-{rng.randint(2, 999)}{tail}"


def number(rng: random.Random, language: str) -> str:
    """Return a contract's number in one alphabet."""
    letters = "АБВГДКЛМНОПРСТ" if language in ("ru", "uk") and rng.random() < 0.5 else "ABCDEFKLMNPRSTX"
    code = "".join(rng.choice(letters) for _ in range(rng.choice((2, 2, 3))))
    form = rng.choice(("{code}-{year}/{n:03d}", "{n:03d}/{code}-{year}", "{code}/{year}-{n}", "{year}-{code}-{n:04d}"))
    return form.format(code=code, year=rng.randint(2015, 2025), n=rng.randint(2, 999))


def date(rng: random.Random, language: str) -> str:
    """Return a date as the language writes it."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2018, 2027)
    if language == "zh":
        return f"{year}年{month}月{day}日"
    word = texts()["months"][language][month - 1]
    end = {"ru": " г.", "uk": " р.", "en": ""}[language]
    return f"{day} {word} {year}{end}" if rng.random() < 0.7 else f"{day:02d}.{month:02d}.{year}{end}"


def money(rng: random.Random, language: str) -> str:
    """Return an amount as the language writes it."""
    whole, cents = rng.randint(12_000, 98_000_000), rng.randint(0, 99)
    if language in ("ru", "uk"):
        unit = {"ru": ("руб.", "долл. США", "китайских юаней"), "uk": ("грн", "дол. США", "євро")}[language]
        return f"{whole:,}".replace(",", " ") + f",{cents:02d} {rng.choice(unit)}"
    if language == "zh":
        return rng.choice((f"人民币{whole:,}.{cents:02d}元", f"{whole:,}.{cents:02d}美元"))
    return f"{rng.choice(('USD', 'EUR', 'CNY'))} {whole:,}.{cents:02d}"


def clause(rng: random.Random, index: int, language: str) -> str:
    """Return clause `index` in a language with its places filled."""
    words = texts()
    return str(words["clause"][index][language]).format(
        n=rng.randint(2, 360),
        m=money(rng, language),
        d=designation(rng, language),
        c=number(rng, language),
        t=date(rng, language),
        p=rng.choice(words["places"][language]),
        w=rng.choice(words["things"][language]),
    )


def is_han(char: str) -> bool:
    """Tell whether a character is set in the Han face whatever the page's other face."""
    code = ord(char)
    return 0x3000 <= code <= 0x303F or 0x3400 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFFEF


class Setter:
    """Sets one page: lines, blocks, rules."""

    def __init__(self, kind: str, rng: random.Random, half: str) -> None:
        """Open a page of `kind` in faces of `half`."""
        from reportlab.pdfgen.canvas import Canvas

        self.rng = rng
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(WIDE, HIGH), invariant=1)
        self.euro = _face(rng.choice([f for f in EURO[half] if (FONTS / f).exists()]))
        self.han = _face(rng.choice([f for f in HAN[half] if (FONTS / f).exists()]))
        self.western = rng.random() < 0.5  # Latin and figures inside Chinese text in the other face
        self.size = rng.choice((9.5, 10.5, 11.0, 12.0))
        self.sheet = Sheet(kind, b"")
        self.y = 780.0

    def font(self, char: str, han: bool) -> str:
        """Return the face that sets a character in Chinese text (`han`) or in other text."""
        if is_han(char):
            return self.han
        from reportlab.pdfbase import pdfmetrics

        # Some Chinese faces hold no Latin and no figures.
        own = han and not self.western and ord(char) in pdfmetrics.getFont(self.han).face.charToGlyph
        return self.han if own else self.euro

    def width(self, text: str, han: bool, size: float) -> float:
        """Return the width of `text` in points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return sum(stringWidth(c, self.font(c, han), size) for c in text)

    def wrapped(self, text: str, width: float, han: bool, size: float) -> list[str]:
        """Return the lines of `text` in a column."""
        pieces: list[str] = []
        word = ""
        for char in text:
            if is_han(char):
                if word:
                    pieces.append(word)
                    word = ""
                if pieces and char in "，。；：、）》":
                    pieces[-1] += char
                else:
                    pieces.append(char)
            else:
                word += char
                if char == " ":
                    pieces.append(word)
                    word = ""
        if word:
            pieces.append(word)
        lines, line = [], ""
        for piece in pieces:
            if line and self.width((line + piece).rstrip(), han, size) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        return [*lines, line.rstrip()] if line.strip() else lines

    def line(self, x: float, y: float, text: str, han: bool, size: float) -> None:
        """Draw one line with its baseline at `y`."""
        run, font = "", ""
        for char in text:
            own = self.font(char, han)
            if own != font and run:
                self.canvas.setFont(font, size)
                self.canvas.drawString(x, y, run)
                x += self.width(run, han, size)
                run = ""
            font = own
            run += char
        if run:
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, run)

    def block(
        self, language: str, text: str, x: float, y: float, width: float, size: float, cell: bool = False
    ) -> float:
        """Set a paragraph from the height `y` down; return the height under it."""
        han = language == "zh"
        lines = self.wrapped(text, width, han, size)
        step = size * 1.36
        words: list[tuple[int, int, tuple[float, float, float, float]]] = []
        at = 0
        for k, line in enumerate(lines):
            self.line(x, y - size - k * step, line, han, size)
            at = text.index(line, at)
            words += self.words(line, at, x, y - size - k * step, han, size)
            at += len(line)
        low = y - step * len(lines)
        box = ((x - 3) / WIDE, (HIGH - y - 1) / HIGH, (x + width + 3) / WIDE, (HIGH - low + 1) / HIGH)
        self.sheet.blocks.append(Block(language, text, box, cell, tuple(words)))
        return low

    def words(
        self, line: str, at: int, x: float, y: float, han: bool, size: float
    ) -> list[tuple[int, int, tuple[float, float, float, float]]]:
        """Return the words of a line that starts at `at` of its text, with their boxes."""
        out: list[tuple[int, int, tuple[float, float, float, float]]] = []
        top, low = (HIGH - y - 0.8 * size) / HIGH, (HIGH - y + 0.2 * size) / HIGH
        start = 0
        for k in range(len(line) + 1):
            if k < len(line) and line[k] != " " and not (k and (is_han(line[k]) or is_han(line[k - 1]))):
                continue
            if k > start:
                left = x + self.width(line[:start], han, size)
                right = left + self.width(line[start:k], han, size)
                out.append((at + start, at + k, (left / WIDE, top, right / WIDE, low)))
            start = k + 1 if k < len(line) and line[k] == " " else k
        return out

    def done(self) -> Sheet:
        """Return the page."""
        self.canvas.showPage()
        self.canvas.save()
        self.sheet.pdf = self.out.getvalue()
        return self.sheet


@cache
def _face(file: str) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    name = Path(file).stem
    pdfmetrics.registerFont(TTFont(name, str(FONTS / file), subfontIndex=0))
    return name


def page(kind: str, seed: int, half: str) -> Sheet:
    """Return the page that `kind`, `seed` and `half` ("tune" or "report") determine."""
    rng = random.Random(f"{kind} {seed} {half}")
    setter = Setter(kind, rng, half)
    if kind.endswith("table"):
        _tabled(setter, kind.removesuffix("table"))
    elif len(kind) == 4:
        _columns(setter, kind[:2], kind[2:])
    else:
        _prose(setter, kind)
    return setter.done()


def _prose(s: Setter, language: str) -> None:
    order = s.rng.sample(range(len(texts()["clause"])), len(texts()["clause"]))
    for k, index in enumerate(order):
        text = f"{k + 1}.{s.rng.randint(1, 9)}. " + clause(s.rng, index, language)
        if s.y - s.size * 1.36 * len(s.wrapped(text, 465, language == "zh", s.size)) < 60:
            break
        s.y = s.block(language, text, 70, s.y, 465, s.size) - 7


def _columns(s: Setter, left: str, right: str) -> None:
    size = min(s.size, 10.5)
    order = s.rng.sample(range(len(texts()["clause"])), len(texts()["clause"]))
    if s.rng.random() < 0.3:
        left, right = right, left
    for k, index in enumerate(order):
        pair = [
            (x, language, f"{k + 1}. " + clause(s.rng, index, language)) for x, language in ((62, left), (312, right))
        ]
        deep = max(len(s.wrapped(text, 222, language == "zh", size)) for _, language, text in pair)
        if s.y - size * 1.36 * deep < 60:
            break
        s.y = min(s.block(language, text, x, s.y, 222, size) for x, language, text in pair) - 7


def _tabled(s: Setter, kind: str) -> None:
    languages = [kind[:2], kind[2:]] if len(kind) == 4 else [kind]
    first = languages[0]
    size = s.rng.choice((8.5, 9.0, 9.5, 10.0))
    s.y = s.block(first, clause(s.rng, s.rng.randrange(16), first), 60, s.y, 475, 10.5) - 12
    heads = [" / ".join(texts()["heads"][x][k] for x in languages) for k in range(7)]
    widths = [34, 132, 78, 44, 44, 68, 82]
    rows: list[list[tuple[str, str]]] = [[(first if len(languages) == 1 else "mix", h) for h in heads]]
    latin = s.rng.choice((0.1, 0.9))  # a list keeps to its maker's alphabet, with a stranger now and then
    for k in range(s.rng.randint(7, 12)):
        thing = s.rng.randrange(min(len(texts()["things"][x]) for x in languages))
        count, price = s.rng.randint(1, 480), s.rng.randint(90, 940_000)
        mixed = first if len(languages) == 1 else "mix"
        amount = [f"{v:,}.00" for v in (price, price * count)]
        if first != "zh":
            amount = [a.replace(",", " ").replace(".", ",") for a in amount]
        rows.append([
            ("num", str(k + 1)),
            (mixed, " / ".join(texts()["things"][x][thing] for x in languages)),
            ("code", designation(s.rng, first, latin)),
            (mixed, " / ".join(dict.fromkeys(texts()["units"][x] for x in languages))),
            ("num", str(count)), ("num", amount[0]), ("num", amount[1]),
        ])  # fmt: skip
    top = s.y
    edges = [top]
    for row in rows:
        low = top
        x = 58.0
        for (language, text), width in zip(row, widths, strict=True):
            way = "zh" if any(map(is_han, text)) and len(languages) == 1 else language
            low = min(low, s.block(way, text, x + 4, top - 3, width - 8, size, cell=True) - 4)
            x += width
        if low < 50:
            break
        edges.append(low)
        top = low
    xs = [58.0]
    for width in widths:
        xs.append(xs[-1] + width)
    s.canvas.setLineWidth(s.rng.choice((0.4, 0.7, 1.0)))
    for y in edges:
        s.canvas.line(xs[0], y, xs[-1], y)
    for x in xs:
        s.canvas.line(x, edges[0], x, edges[-1])
    low = 1 - edges[-1] / HIGH
    s.sheet.blocks = [b for b in s.sheet.blocks if b.box[1] < low - 0.001 or not b.cell]


def rendered(pdf: bytes, dpi: int) -> Any:
    """Return the page as grey pixels."""
    import numpy as np
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.ascontiguousarray(document[0].render(scale=dpi / 72, grayscale=True).to_numpy().squeeze())
    finally:
        document.close()


def copied(pdf: bytes, seed: int, dpi: int) -> tuple[bytes, Any]:
    """Return the page as an old copier gives it back (JPEG), and the matrix (2 x 3) from sheet to copy in pixels.

    Worse than and unlike the specimen's scanner: toner that runs or breaks, the back of the sheet shining through,
    a bent sheet's shadow, up to 2.5 degrees of skew, coarse JPEG.
    """
    import cv2
    import numpy as np

    rng = np.random.default_rng(seed)
    image = rendered(pdf, dpi)
    high, wide = image.shape
    ink = 255.0 - image.astype(np.float32)
    if rng.random() < 0.5:
        ink = cv2.GaussianBlur(ink, (0, 0), 0.45 * dpi / 200) * float(rng.uniform(1.05, 1.25))
    else:
        wear = cv2.resize(rng.normal(0, 1, (high // 3, wide // 3)).astype(np.float32), (wide, high))
        ink *= np.clip(1.0 - 0.55 * np.clip(wear - 1.2, 0, 1), 0.3, 1)
    back = cv2.GaussianBlur(np.ascontiguousarray(ink[:, ::-1]), (0, 0), 1.8 * dpi / 200) * float(rng.uniform(0, 0.09))
    shade = np.linspace(0, float(rng.uniform(0, 38)), wide, dtype=np.float32)[None, :] ** 1.0
    grey = 250.0 - shade - back - np.minimum(ink, 255) * float(rng.uniform(0.62, 0.92))
    angle = float(rng.uniform(-2.5, 2.5))
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 0.985)
    grey = cv2.warpAffine(grey, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderValue=235.0)
    grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 0.75)) * dpi / 200)
    grey += rng.normal(0, float(rng.uniform(2, 9)), grey.shape)
    done, data = cv2.imencode(
        ".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(38, 75))]
    )
    assert done
    raw = data.tobytes()
    return raw[:13] + b"\x01" + dpi.to_bytes(2, "big") * 2 + raw[18:], matrix
