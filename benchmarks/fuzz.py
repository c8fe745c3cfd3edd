"""Mutated files into every reader and unpacker, behind the walls: what is read, refused, raised; and no crash, no hang.

    python benchmarks/fuzz.py ../shared/data/any-format ../shared/data/russian-documents --inputs 20000 --seed 1

Input i of seed s is always the same bytes: a file of the corpus (every media type gets its turn, however many files
it has), changed by flips, cuts, splices, numbers out of range, and by fields of ZIP, OLE, PDF and XML. Each goes
through the sniffer, the unpacker and the reader of its own type and of what it was before, in a worker behind the
same walls as in a run. Recognition of pictures is left out (`--ocr` keeps it in): it would be most of the time.

To the files of the folders come those of `fuzz_seeds` and, of `tests/hostile`, those that are small and quick.

Prints counts by outcome, each error with the line that raised it, and the inputs that killed or outlasted a worker,
which `--keep DIR` stores; ended by SIGTERM, of the inputs up to there. Exits 1 when a worker died, hung, or answered
with a record that does not hold; and when something escaped: a file made or changed in the folders around the workers,
words of a file outside in what was read, a call at the port that mutated documents name, or a descriptor or child that
a worker did not have when it began.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY = 2 << 30
LARGEST = 1 << 20
"""Larger files of the corpus are left out: mutations per second matter more."""
PORT = 48_124
CANARY = "/tmp/assay-fuzz-canary.txt"
"""A file outside, whose words mutated documents ask for; it stays there."""
SECRET = "words of a file outside that no document may show"
QUICK = (
    "application/epub+zip", "application/msword", "application/pdf", "application/rtf", "application/x-tar",
    "application/xml", "image/jp2", "image/jpeg", "image/svg+xml", "image/tiff", "image/vnd.djvu", "image/webp",
    "message/rfc822", "text/html",
)  # fmt: skip
"""Types of which the hostile files of the suite are taken as seeds."""


# ---- mutations


def flips(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice((1, 1, 2, 4, 16, 64))):
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)
    return data


def bytes_set(data: bytearray, rng: random.Random) -> bytearray:
    at, size = rng.randrange(len(data)), rng.choice((1, 2, 4, 8, 64))
    data[at : at + size] = rng.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * min(size, len(data) - at)
    return data


def number(data: bytearray, rng: random.Random) -> bytearray:
    value = rng.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 1 << 24, len(data)))
    width, order = rng.choice((2, 4, 8)), rng.choice(("little", "big"))
    raw = (value & (1 << 8 * width) - 1).to_bytes(width, order)  # type: ignore[arg-type]
    at = rng.randrange(len(data))
    data[at : at + width] = raw
    return data


def cut(data: bytearray, rng: random.Random) -> bytearray:
    return data[: rng.randrange(1, len(data) + 1)]


def removed(data: bytearray, rng: random.Random) -> bytearray:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 7, 64, 512, 4096))]
    return data or bytearray(b"\0")


def repeated(data: bytearray, rng: random.Random) -> bytearray:
    at, size = rng.randrange(len(data)), rng.choice((1, 16, 512, 4096))
    data[at:at] = data[at : at + size] * rng.choice((1, 2, 50))
    return data


def digits(data: bytearray, rng: random.Random) -> bytearray:
    """Change a number that is written in digits: lengths, counts, offsets, references of PDF, XML and mail."""
    found = [m.span() for m in re.finditer(rb"\d{1,10}", bytes(data[:400_000]))]
    if found:
        start, stop = rng.choice(found)
        data[start:stop] = rng.choice((b"0", b"-1", b"1", b"65535", b"2147483647", b"99999999999999", b"1e9"))
    return data


def words(data: bytearray, rng: random.Random) -> bytearray:
    """Swap two names: PDF keys, XML tags, header names."""
    found = [m.span() for m in re.finditer(rb"[/<:]?[A-Za-z]{3,20}", bytes(data[:200_000]))]
    if len(found) > 1:
        (a, b), (c, d) = sorted(rng.sample(found, 2))
        data[a:b], data[c:d] = data[c:d], data[a:b]
    return data


def spliced(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    return data[: rng.randrange(len(data))] + bytearray(other[rng.randrange(max(1, len(other))) :])


def members_of_zip(data: bytearray, rng: random.Random, depth: int = 0) -> bytearray:
    """Change the plain bytes of one member, and pack it again."""
    try:
        with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
            infos = [i for i in archive.infolist() if i.file_size < LARGEST]
            contents = {i.filename: archive.read(i) for i in infos[:200]}
    except Exception:  # the corpus holds broken archives, too: those are mutated as bytes
        return flips(data, rng)
    if not contents:
        return flips(data, rng)
    chosen = rng.choice(sorted(contents))
    inner = bytearray(contents[chosen])
    if inner:
        how = rng.choice((flips, number, cut, repeated, digits, words, nested, entities))
        contents[chosen] = bytes(how(inner, rng))
    if rng.random() < 0.1:
        del contents[rng.choice(sorted(contents))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return bytearray(out.getvalue())


def fields_of_zip(data: bytearray, rng: random.Random) -> bytearray:
    """Change one header field: method, sizes, offsets, counts, name lengths."""
    marks = [m.start() for m in re.finditer(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06\x06|\x06\x07)", bytes(data))]
    if marks:
        at = rng.choice(marks) + rng.randrange(4, 46)
        data[at : at + 4] = rng.choice(
            (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff", b"\x0e\0", b"\x63\0", b"\x01\0\0\0")
        )
    return data


def fields_of_ole(data: bytearray, rng: random.Random) -> bytearray:
    """Change the header, the allocation table, or a directory entry."""
    if len(data) < 1024:
        return flips(data, rng)
    place = rng.random()
    if place < 0.3:
        at = rng.choice((26, 28, 30, 32, 44, 48, 56, 60, 64, 68, 72, 76, 80))
    else:
        sector = struct.unpack_from("<I", data, rng.choice((48, 60, 76)))[0]
        start = 512 + sector * 512
        at = start + rng.randrange(0, 512, 4) if start + 512 < len(data) else rng.randrange(512, len(data) - 4)
    value = rng.choice((0, 1, 2, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFC, 5, rng.randrange(1 << 16)))
    struct.pack_into("<I", data, at, value)
    return data


def streams_of_pdf(data: bytearray, rng: random.Random) -> bytearray:
    """Change the plain bytes of one stream and pack it again; or a reference; or a filter."""
    found = [m.span(1) for m in re.finditer(rb"stream\r?\n(.{1,200000}?)\r?\nendstream", bytes(data), re.S)]
    if found and rng.random() < 0.6:
        start, stop = rng.choice(found)
        try:
            plain = bytearray(zlib.decompress(bytes(data[start:stop]))[:LARGEST])
        except zlib.error:
            plain = bytearray(data[start:stop])
            if plain:
                data[start:stop] = rng.choice((flips, number, cut))(plain, rng)
            return data
        if plain:
            data[start:stop] = zlib.compress(bytes(rng.choice((flips, digits, repeated, words, cut))(plain, rng)))
        return data
    references = [m.span() for m in re.finditer(rb"\d+ 0 R", bytes(data))]
    if references:
        start, stop = rng.choice(references)
        data[start:stop] = b"%d 0 R" % rng.randrange(60)
    return data


def nested(data: bytearray, rng: random.Random) -> bytearray:
    """Repeat a tag many times inside of itself."""
    found = [m for m in re.finditer(rb"<([A-Za-z:]{1,20})(?: [^<>]{0,100})?>", bytes(data[:100_000]))]
    if found:
        chosen = rng.choice(found)
        times = rng.choice((10, 300, 5000))
        data[chosen.start() : chosen.end()] = chosen.group(0) * times
    return data


def entities(data: bytearray, rng: random.Random) -> bytearray:
    """Declare entities that grow, or that lie outside, and use them."""
    laughs = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    away = b'<!ENTITY e9 SYSTEM "http://127.0.0.1:%d/fuzz">' % PORT
    kind = rng.choice((b'<!ENTITY e0 "lol">' + laughs, b'<!ENTITY e9 SYSTEM "file://%s">' % CANARY.encode(), away))
    declared = b"<!DOCTYPE r [" + kind + b"]>"
    at = data.find(b"?>")
    at = at + 2 if at >= 0 else 0
    data[at:at] = declared
    close = data.rfind(b"</")
    if close > 0:
        data[close:close] = b"&e9;"
    return data


Mutation = Callable[[bytearray, random.Random], bytearray]
ANY: tuple[Mutation, ...] = (flips, flips, bytes_set, number, number, cut, removed, repeated)
TEXT: tuple[Mutation, ...] = (digits, words, nested, entities)


def mutated(data: bytes, rng: random.Random, other: bytes) -> bytes:
    made = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        ways: list[Mutation] = list(ANY)
        if made[:2] == b"PK":
            ways += [members_of_zip] * 6 + [fields_of_zip] * 3
        elif made[:4] == b"\xd0\xcf\x11\xe0":
            ways += [fields_of_ole] * 6
        elif b"%PDF-" in made[:1024]:
            ways += [streams_of_pdf] * 5 + [digits] * 3 + [words] * 2
        elif sum(c < 9 for c in made[:400]) == 0:
            ways += TEXT * 2
        made = spliced(made, rng, other) if rng.random() < 0.08 else rng.choice(ways)(made, rng)
        made = made or bytearray(b"\0")
    return bytes(made[: 4 * LARGEST])


# ---- the worker


def exercise(data: bytes, was: str, pages: int, passwords: tuple[str, ...]) -> dict[str, Any]:
    """Sniff, unpack and read; return what came of it."""
    from assay.custody.sniff import media_type
    from assay.custody.unpack import UnpackLimits, holds, members
    from assay.model import Exhibit
    from assay.read.stage import reader_for
    from assay.work.part import ReadRefused, ReadSettings

    said: dict[str, Any] = {"outcomes": [], "raised": [], "lies": []}
    kinds: list[str] = []

    def step(name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except ReadRefused as refused:
            said["outcomes"].append(f"{name}: {refused.category}")
            said.setdefault("reason", refused.message)
        except MemoryError:
            said["outcomes"].append(f"{name}: limit")
            said.setdefault("reason", "it needs more memory than a task may take")
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/assay/" in f.filename]
            last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            said["raised"].append(f"{name} {type(error).__name__} at {place}: {str(error)[:80]}")
            said["outcomes"].append(f"{name}: raised")

    step("sniff", lambda: kinds.append(media_type(data)))
    said["type"] = kinds[0] if kinds else ""
    for kind in dict.fromkeys([*kinds, was]):
        if holds(kind):
            limits = UnpackLimits(members=2000, total=64 << 20, member=32 << 20)

            def unpack(kind: str = kind, limits: UnpackLimits = limits) -> None:
                found = list(members(data, kind, limits, passwords))
                refused = [r for r in found if hasattr(r, "category")]
                said["members"] = len(found) - len(refused)
                said["outcomes"].append(f"unpack: {refused[0].category if refused else 'done'}")
                if refused:
                    said.setdefault("reason", f"{refused[0].path}: {refused[0].message}".lstrip(": "))

            step("unpack", unpack)
        reader = reader_for(kind)
        if reader is None:
            continue

        def read(kind: str = kind, reader: Any = reader) -> None:
            import hashlib

            exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind, "fuzz", "1")
            settings = ReadSettings(passwords=passwords)
            count = reader.count(data, exhibit, settings)
            records = list(reader.read(data, exhibit, settings, 1, min(count, pages)))
            said["lies"] += [f"{reader.name}: {lie}" for lie in lies(records, min(count, pages))]
            if any(SECRET in r.text for r in records if r.KIND == "pages"):
                said["lies"].append(f"{reader.name}: words of a file outside")
            states = Counter(str(r.state) for r in records if r.KIND == "pages")
            said["pages"], said["reader"] = count, reader.name
            said["states"] = dict(states)
            reasons = [r.reason for r in records if r.KIND == "pages" and r.reason]
            if reasons:
                said.setdefault("reason", reasons[0])
            said["outcomes"].append(f"read: {'failed pages' if states.get('failed') else 'done'}")

        step("read", read)
    return said


def lies(records: list[Any], pages: int) -> Iterator[str]:
    """Yield what does not hold of a reader's records: offsets outside of the text, halves of letters, missing pages."""
    from assay.model import Page, Table
    from assay.store.rows import sound, to_row

    given = sorted(r.number for r in records if isinstance(r, Page))
    if given != list(range(1, pages + 1)):
        yield f"pages {given[:10]} instead of 1 to {pages}"
    texts = {r.number: r.text for r in records if isinstance(r, Page)}
    for record in records:
        try:
            sound(to_row(record))
        except Exception as error:
            yield f"a record cannot be stored: {type(error).__name__} {str(error)[:80]}"
        if isinstance(record, Page):
            size = len(record.text)
            if any(not 0 <= p.start <= p.end <= size for p in record.paragraphs):
                yield "a paragraph outside of the text"
            if any(not 0 <= a < b <= size for a, b in zip(record.words.start, record.words.end, strict=True)):
                yield "a word outside of the text"
        if isinstance(record, Table) and any(
            texts.get(record.page, "")[c.start : c.end] != c.text for c in record.cells
        ):
            yield "a cell that is not in its page's text"


@dataclass(frozen=True)
class NothingSeen:
    """What stands in for recognition: an empty page."""

    width: float
    height: float
    quarters: int = 0
    engines: tuple[str, ...] = ("none",)
    segments: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    back: Any = None


def worker() -> None:
    """Answer inputs from standard input until it closes, behind the walls."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    from assay.read import converted
    from assay.read.stage import readers
    from assay.work.outside import OutsideFailed
    from assay.work.sandbox import enter, prepare

    readers()
    if "--ocr" not in sys.argv:
        from assay.read.ocr import page

        page.recognise = lambda grey, dpi, languages, *_, **__: NothingSeen(grey.shape[1], grey.shape[0])  # type: ignore[assignment]

    def absent(*_: object) -> bytes:
        raise OutsideFailed("missing_program", "no program outside is started here")

    converted.convert = absent
    held, listener = enter(prepare(0, sealed=False), MEMORY)
    if listener >= 0:
        os.close(listener)  # nobody asks which calls were refused: they just fail
    answers.write(json.dumps(held).encode() + b"\n")
    answers.flush()
    while head := sys.stdin.buffer.read(4):
        order = json.loads(sys.stdin.buffer.read(int.from_bytes(head, "big")))
        data = sys.stdin.buffer.read(order["size"])
        said = exercise(data, order["was"], order["pages"], tuple(order["passwords"]))
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()


class Worker:
    """A worker process that is started anew when it died or was ended."""

    def __init__(self, *, ocr: bool = False) -> None:
        self.words = [sys.executable, __file__, "--worker", *(["--ocr"] if ocr else [])]
        self.process: subprocess.Popen[bytes] | None = None
        self.walls: list[str] = []
        self.descriptors: set[str] = set()

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert self.process.stdout is not None
            self.walls = json.loads(self.process.stdout.readline())
            self.descriptors = self._descriptors()
        return self.process

    def _descriptors(self) -> set[str]:
        place = Path(f"/proc/{self.process.pid}/fd") if self.process else Path("/nowhere")
        return {str(link.readlink()) for link in place.iterdir()} if place.exists() else set()

    def gained(self) -> list[str]:
        """Return what a worker holds or started that it did not have when it began."""
        if self.process is None or self.process.poll() is not None:
            return []
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = task.read_text().split() if task.exists() else []
        new = sorted(d for d in self._descriptors() - self.descriptors if not d.startswith("/usr/share/fonts"))
        return [f"a descriptor: {d}" for d in new] + [f"a child: {c}" for c in children]

    def ask(
        self, data: bytes, was: str, seconds: float, *, pages: int = 3, passwords: tuple[str, ...] = ()
    ) -> tuple[str, dict[str, Any]]:
        """Return ("answered", what was said), ("hung", {}) or ("died of SIGNAL", {})."""
        process = self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        order = json.dumps({"size": len(data), "was": was, "pages": pages, "passwords": passwords}).encode()
        try:
            process.stdin.write(len(order).to_bytes(4, "big") + order + data)
            process.stdin.flush()
            if not select.select([process.stdout], [], [], seconds)[0]:
                self.end()
                return "hung", {}
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if line:
            return "answered", json.loads(line)
        code = process.wait()
        return f"died of {signal.Signals(-code).name if code < 0 else code}", {}

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


# ---- the driver


class Around:
    """What lies around the workers while they run: folders that stay as they are, a port that nobody calls."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="assay-fuzz-"))
        (self.place / "keep.txt").write_text("keep")
        if not Path(CANARY).exists():
            Path(CANARY).write_text(SECRET)
        os.environ["HOME"] = os.environ["TMPDIR"] = str(self.place)
        os.chdir(self.place)
        self.calls = 0
        self.server = socket.create_server(("127.0.0.1", PORT), reuse_port=True)  # runs may go on side by side
        threading.Thread(target=self._serve, daemon=True).start()
        self.before = self._seen()

    def _serve(self) -> None:
        while True:
            try:
                self.server.accept()[0].close()
            except OSError:
                return
            self.calls += 1

    def _seen(self) -> dict[str, tuple[int, int]]:
        files = [*self.place.rglob("*"), Path(CANARY)]
        return {str(f): (f.stat().st_size, f.stat().st_mtime_ns) for f in files}

    def escaped(self) -> list[str]:
        """Return what changed around the workers, in words; and clear it away."""
        after = self._seen()
        found = [f"escaped: {name} was made or changed" for name in after if after[name] != self.before.get(name)]
        found += [f"escaped: {name} is gone" for name in self.before if name not in after]
        found += [f"escaped: {self.calls} calls at the port"] if self.calls else []
        self.server.close()
        os.chdir("/")
        shutil.rmtree(self.place)
        return found


def made() -> Iterator[tuple[str, bytes]]:
    """Yield the seeds that are made in code: a file of each type, and hostile files that are small and quick."""
    from assay.custody.sniff import media_type

    sys.path.append(str(Path(__file__).parents[1] / "tests" / "hostile"))
    from fuzz_seeds import seeds
    from hostile_files import FILES

    yield from seeds()
    for file in FILES:
        data = file.make()
        if len(data) < 40_000 and media_type(data) in QUICK:
            yield file.name, data


def corpus(folders: list[Path]) -> dict[str, list[tuple[str, bytes]]]:
    """Return the files by media type, smallest first."""
    from assay.custody.sniff import media_type

    found: dict[str, list[tuple[str, bytes]]] = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and 0 < p.stat().st_size <= LARGEST):
            data = path.read_bytes()
            found.setdefault(media_type(data), []).append((path.name, data))
    for name, data in made():
        found.setdefault(media_type(data), []).append((name, data))
    return {kind: sorted(files, key=lambda f: (len(f[1]), f[0]))[:60] for kind, files in sorted(found.items())}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="begin at this input, to take a run up again")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long one input may take")
    parser.add_argument("--only", default="", help="media types that hold this word")
    parser.add_argument("--keep", type=Path, help="where to store inputs that killed or outlasted a worker, or raised")
    parser.add_argument("--ocr", action="store_true")
    given = parser.parse_args()
    kinds = {k: v for k, v in corpus(given.folders).items() if given.only in k}
    if not kinds:
        parser.error("the folders hold no file that fits")
    order = sorted(kinds)
    if given.keep:
        given.keep = given.keep.resolve()
    around = Around()
    runner = Worker(ocr=given.ocr)
    outcomes: Counter[str] = Counter()
    raised: dict[str, list[int]] = {}
    bad: list[str] = []
    slowest = (0.0, "")
    started = time.monotonic()
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    done = 0
    for index in range(given.first, given.first + given.inputs):
        if ended:
            break
        done += 1
        rng = random.Random(f"{given.seed}:{index}")
        kind = order[index % len(order)]
        name, data = rng.choice(kinds[kind])
        other = rng.choice(kinds[kind])[1]
        made = mutated(data, rng, other)
        began = time.monotonic()
        how, said = runner.ask(made, kind, given.seconds)
        took = time.monotonic() - began
        slowest = max(slowest, (took, f"input {index} ({name})"))
        if how != "answered":
            bad.append(f"input {index} ({kind}, {name}, {len(made)} bytes): {how}")
            outcomes[how] += 1
        else:
            outcomes.update(said["outcomes"])
            for text in said["raised"]:
                raised.setdefault(text.split(": ")[0] + ": " + text.split(": ", 1)[-1][:60], []).append(index)
            bad += [f"input {index} ({kind}, {name}): a lie: {lie}" for lie in said["lies"]]
        if given.keep and (how != "answered" or said["raised"] or said["lies"]):
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{given.seed}-{index}").write_bytes(made)
        if index % 500 == 499:
            bad += [f"up to input {index}: {gain}" for gain in runner.gained()]
        if sys.stderr.isatty() or index % 1000 == 999:
            print(f"{index + 1 - given.first} inputs, {len(bad)} bad, {len(raised)} kinds raised", file=sys.stderr)
    bad += [f"at the end: {gain}" for gain in runner.gained()]
    runner.end()
    bad += around.escaped()
    spent = time.monotonic() - started
    print(f"{done} inputs of seed {given.seed} over {len(order)} media types in {spent:.0f} s, "
          f"behind {', '.join(runner.walls)}; the slowest took {slowest[0]:.1f} s: {slowest[1]}\n")  # fmt: skip
    print("| outcome | count |\n| --- | ---: |")
    for outcome, count in sorted(outcomes.items()):
        print(f"| {outcome} | {count} |")
    print(f"\n{sum(map(len, raised.values()))} errors raised (a run stores each as a problem), {len(raised)} kinds:")
    for text, where in sorted(raised.items(), key=lambda r: -len(r[1])):
        print(f"- {len(where)}: {text} (input {where[0]})")
    print(f"\n{len(bad)} crashes, hangs, lies and escapes:")
    for text in bad:
        print(f"- {text}")
    return 1 if bad else 0


if __name__ == "__main__":
    if "--worker" in sys.argv:
        worker()
    else:
        raise SystemExit(main())
