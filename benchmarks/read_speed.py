"""Pages per second and peak memory of reading, beside the bare engine's time and other programs on the same pages.

Usage: python benchmarks/read_speed.py [--pages N] [--kind text,ru,en,uk,zh,ruzh] [--beside FOLDER] [--json]

Each kind is made in code (reportlab, fonts of the system), written as a PDF, and read twice in a process of its own:
once by the bare engine (pypdfium2 character by character with its box; Tesseract over the whole page in one mix;
PP-OCR with its own detector), once by the reader with words, boxes, paragraphs and tables. One thread each. Scans are
200 dpi, softened, noisy, JPEG.

Other programs read the same files in the same run, CPU seconds of the whole process, one job each: OCRmyPDF over scans
without Han (the same three languages), pdftotext and kreuzberg over text. They are no dependencies. To have them:
`apt-get install poppler-utils`, and in an environment of its own `pip install ocrmypdf 'kreuzberg<5'`, whose `bin` is
named with `--beside`. One that is absent is skipped, with a line that says so.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

KINDS = ("text", "ru", "en", "uk", "zh", "ruzh")
FACES = {
    "ru": ("dejavu/DejaVuSerif.ttf", "liberation/LiberationSerif-Regular.ttf"),
    "en": ("liberation/LiberationSerif-Regular.ttf", "dejavu/DejaVuSerif.ttf"),
    "uk": ("dejavu/DejaVuSans.ttf", "liberation/LiberationSans-Regular.ttf"),
    "zh": ("arphic/uming.ttc", "wqy/wqy-microhei.ttc", "droid/DroidSansFallbackFull.ttf"),
}
SENTENCES = {
    "ru": "Поставщик обязуется изготовить и передать Покупателю оборудование связи в количестве {n} единиц по цене "
    "{m} рублей за единицу, а Покупатель обязуется принять и оплатить его в установленные сроки.",
    "en": "The Supplier shall manufacture and transfer to the Buyer {n} units of communications equipment at "
    "a price of {m} dollars each, and the Buyer shall accept and pay for them within the time limits laid down.",
    "uk": "Постачальник зобов'язується виготовити та передати Покупцеві обладнання зв'язку в кількості {n} одиниць за "
    "ціною {m} гривень за одиницю, а Покупець зобов'язується прийняти й оплатити його у встановлені строки.",
    "zh": "卖方应按照附件一所列的规格制造并向买方交付通信设备{n}台，单价为{m}元，"
    "买方应按照本合同规定的方式和期限接收并支付价款。",
}


def face(language: str) -> str:
    """Return a font file for the language; stop with a plain word when there is none."""
    for name in FACES[language]:
        path = Path("/usr/share/fonts/truetype") / name
        if path.exists():
            return str(path)
    raise SystemExit(f"no font for {language}: install {', '.join(FACES[language])}")


def wrapped(text: str, font: str, size: float, width: float, han: bool) -> list[str]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines, line = [], ""
    for piece in text if han else text.split(" "):
        longer = line + piece if han or not line else f"{line} {piece}"
        if stringWidth(longer, font, size) > width and line:
            lines.append(line)
            line = piece
        else:
            line = longer
    return [*lines, line]


def born_digital(pages: int, left: str, right: str | None = None) -> bytes:
    """Return a PDF of clauses (two columns when `right` is given) with a ruled table on each page."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for language in {left, right or left}:
        pdfmetrics.registerFont(TTFont(language, face(language)))
    width = 220 if right else 465
    for page in range(pages):
        y = 790.0
        for clause in range(40):
            blocks = []
            for language, x in ((left, 65), (right, 310)):
                if language is None:
                    continue
                text = f"{page + 1}.{clause + 1}. " + SENTENCES[language].format(n=clause + 7, m=1250 * (page + 3))
                blocks.append((language, x, wrapped(text, language, 10.5, width, language == "zh")))
            depth = max(len(b[2]) for b in blocks) * 14.5
            if y - depth < 170:
                break
            for language, x, lines in blocks:
                canvas.setFont(language, 10.5)
                for k, line in enumerate(lines):
                    canvas.drawString(x, y - 14.5 * k, line)
            y -= depth + 8
        xs, ys = [65, 95, 330, 400, 530], [150 - 18 * k for k in range(6)]
        canvas.grid(xs, ys)
        canvas.setFont(left, 10)
        for row in range(5):
            for x, text in zip(
                xs, (str(row + 1), f"KD-{row}1M", str(12 * row + 3), f"{row + 1}24500.00"), strict=False
            ):
                canvas.drawString(x + 4, ys[row] - 13, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned(data: bytes, dpi: int = 200) -> bytes:
    """Return the PDF as a scan: each page one softened, noisy JPEG."""
    import cv2
    import numpy as np
    import pypdfium2
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    noise = np.random.default_rng(1)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    document = pypdfium2.PdfDocument(data)
    for page in document:
        grey = page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
        soft = cv2.GaussianBlur(grey, (0, 0), 0.7) * 0.85 + 25 + noise.normal(0, 7, grey.shape)
        picture = io.BytesIO()
        Image.fromarray(np.clip(soft, 0, 255).astype(np.uint8)).save(picture, "JPEG", quality=65)
        picture.seek(0)
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def bare_text(data: bytes) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    for page in document:
        text = page.get_textpage()
        text.get_text_range()
        for k in range(text.count_chars()):
            text.get_charbox(k)


def bare_scan(data: bytes, kind: str) -> None:
    """Run the engine alone over the rendered pages: what a script of ten lines would do."""
    import numpy as np
    import pypdfium2

    from assay.read.ocr import engines

    document = pypdfium2.PdfDocument(data)
    for page in document:
        grey = np.ascontiguousarray(page.render(scale=200 / 72, grayscale=True).to_numpy().squeeze())
        if kind in ("zh", "ruzh"):
            engines.han()(np.repeat(grey[:, :, None], 3, axis=2))
        if kind != "zh":
            api = engines.tesseract("rus+ukr+eng")
            api.SetImageBytes(grey.tobytes(), grey.shape[1], grey.shape[0], 1, grey.shape[1])
            api.SetSourceResolution(200)
            api.GetUTF8Text()


def measured(kind: str, pages: int, how: str, path: str) -> dict[str, float]:
    """Read the file at `path` once, after a first page that loads the engine; return seconds a page and peak memory."""
    import hashlib

    from assay.model import Exhibit
    from assay.read.pdf import PDF
    from assay.work.part import ReadSettings

    data = Path(path).read_bytes()
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "application/pdf", "benchmark", "1")
    settings = ReadSettings()

    def run(until: int) -> None:
        if how == "reader":
            list(PDF.read(data, exhibit, settings, 1, until))
        elif kind == "text":
            bare_text(data)
        else:
            bare_scan(data, kind)

    run(1)
    start = time.process_time()
    run(pages)
    return {
        "seconds": (time.process_time() - start) / pages,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


KREUZBERG = "import sys, kreuzberg; kreuzberg.extract_file_sync(sys.argv[1])"


def beside(kind: str, path: Path, folder: Path | None) -> dict[str, list[str] | str]:
    """Return the commands of other programs for a file, or why one is skipped."""
    import shutil

    search = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}" if folder else None
    out: dict[str, list[str] | str] = {}
    if kind == "text":
        found = shutil.which("pdftotext", path=search)
        out["pdftotext"] = [found, "-bbox", str(path), os.devnull] if found else "pdftotext is not installed"
        python = folder / "python" if folder else Path(sys.executable)
        there = (
            subprocess.run([str(python), "-c", "import kreuzberg"], capture_output=True, check=False).returncode == 0
        )
        out["kreuzberg"] = [str(python), "-c", KREUZBERG, str(path)] if there else "kreuzberg is not installed"
    elif kind in ("ru", "en", "uk"):
        found = shutil.which("ocrmypdf", path=search)
        words = ["-l", "rus+ukr+eng", "--jobs", "1", "--output-type", "pdf", "--optimize", "0", "--quiet"]
        out["ocrmypdf"] = [found, *words, str(path), os.devnull] if found else "ocrmypdf is not installed"
        if found:
            out["ocrmypdf"] = [found, *words, str(path), str(path.with_suffix(".out.pdf"))]
    return out


def spent(command: list[str]) -> float | str:
    """Return the CPU seconds of a program and its children, or the last line of what it complained of."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no word"])[-1][:160]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=0, help="pages of each kind (default: 60 of text, 6 of scans)")
    parser.add_argument("--kind", default=",".join(KINDS))
    parser.add_argument("--beside", type=Path, help="the bin folder of an environment with ocrmypdf and kreuzberg")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        kind, pages, how, path = arguments.child
        print(json.dumps(measured(kind, int(pages), how, path)))
        return
    import tempfile

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.kind.split(","):
            pages = arguments.pages or (60 if kind == "text" else 6)
            left, right = ("ru", "zh") if kind == "ruzh" else ("en" if kind == "text" else kind, None)
            data = born_digital(pages, left, right)
            path = Path(folder) / f"{kind}.pdf"
            path.write_bytes(data if kind == "text" else scanned(data))
            found = {}
            for how in ("bare", "reader"):
                command = [sys.executable, __file__, "--child", kind, str(pages), how, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found[how] = json.loads(done.stdout.strip().splitlines()[-1])
            rows.append({
                "kind": kind, "pages": pages,
                "pages_per_second": round(1 / found["reader"]["seconds"], 2),
                "bare_pages_per_second": round(1 / found["bare"]["seconds"], 2),
                "ratio": round(found["reader"]["seconds"] / found["bare"]["seconds"], 2),
                "memory_mb": round(found["reader"]["memory"]), "bare_memory_mb": round(found["bare"]["memory"]),
            })  # fmt: skip
            others: dict[str, object] = {}
            for name, command in beside(kind, path, arguments.beside).items():
                took = f"skipped: {command}" if isinstance(command, str) else spent(command)
                others[name] = round(pages / took, 2) if isinstance(took, float) and took else took
            rows[-1]["beside_pages_per_second"] = others
            if not arguments.json:
                row = rows[-1]
                print(
                    f"{kind:5} {row['pages']:4} pages  {row['pages_per_second']:8} pages/s  "
                    f"bare {row['bare_pages_per_second']:8}  time against bare {row['ratio']:.2f}  "
                    f"memory {row['memory_mb']} MB (bare {row['bare_memory_mb']})",
                    flush=True,
                )
                for name, value in others.items():
                    print(f"      {name}: {value if isinstance(value, str) else f'{value} pages/s'}", flush=True)
    if arguments.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
