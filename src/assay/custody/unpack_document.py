"""Files embedded in PDF, OOXML and OpenDocument documents, and the content of signed CMS files.

Limits: pictures stay in their documents. OLE packages are opened as far as their native stream; an embedded object of
another program is kept whole as an OLE container. Encrypted PDFs need a password that opens them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from assay.custody import unpack_zip
from assay.custody.charset import decode
from assay.custody.unpack import Budget, LimitMet, Member, Refusal, Yield, undecoded


def unpack_pdf(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the files attached to a PDF: from its name tree and from file attachment annotations."""
    if b"EmbeddedFile" not in data and b"ObjStm" not in data and b"/Encrypt" not in data:
        return
    import pikepdf

    opened = None
    for password in ("", *passwords):
        try:
            opened = pikepdf.open(io.BytesIO(data), password=password)
            break
        except pikepdf.PasswordError:
            continue
        except (pikepdf.PdfError, ValueError, RuntimeError, OSError, RecursionError):
            if b"EmbeddedFile" in data:
                yield Refusal("", "broken", "its structure is damaged: attached files, if any, were not taken out")
            return
    if opened is None:
        yield Refusal(
            "", "encrypted", "a password is needed and none that was given fits: attached files were not taken out"
        )
        return
    with opened:
        yield from _pdf_files(opened, budget)


def _pdf_files(pdf: object, budget: Budget) -> Iterator[Yield]:
    import pikepdf

    seen: set[tuple[int, int]] = set()
    for number in range(1, min(len(pdf.objects), 2_000_000)):  # type: ignore[attr-defined]
        try:
            spec = pdf.get_object(number, 0)  # type: ignore[attr-defined]
            if not isinstance(spec, pikepdf.Dictionary) or "/EF" not in spec:
                continue
            files = spec["/EF"]
            stream = files.get("/UF", files.get("/F", None))
            if not isinstance(stream, pikepdf.Stream) or stream.objgen in seen:
                continue
            seen.add(stream.objgen)
            name = str(spec.get("/UF", spec.get("/F", f"attachment {number}")))
            room = budget.room()
            yield _pdf_file(stream, name, room, budget)
        except (pikepdf.PdfError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
            yield Refusal(f"object {number}", "broken", f"an attached file cannot be taken out ({error})")


def _pdf_file(stream: object, name: str, room: int, budget: Budget) -> Yield:
    raw = bytes(stream.read_raw_bytes())  # type: ignore[attr-defined]
    filters = str(stream.get("/Filter", ""))  # type: ignore[attr-defined]
    if filters == "/FlateDecode" and "/DecodeParms" not in stream:  # type: ignore[operator]
        import zlib

        reader = zlib.decompressobj()
        try:
            content = reader.decompress(raw, room + 1)
        except zlib.error as error:
            return Refusal(name, "broken", f"the attached file's compressed bytes are damaged ({error})")
    elif len(raw) * 1100 > room and filters:
        return Refusal(name, "limit", "the attached file is packed in an unusual way and might be too large")
    else:
        content = bytes(stream.read_bytes())  # type: ignore[attr-defined]
    if len(content) > room:
        return Refusal(name, "limit", budget.over(room).message)
    declared = str(stream.get("/Subtype", "")).lstrip("/").replace("#2F", "/")  # type: ignore[attr-defined]
    params = stream.get("/Params", {})  # type: ignore[attr-defined]
    modified = pdf_time(str(params.get("/ModDate", params.get("/CreationDate", "")))) if params else ""
    return Member(name, content, declared, modified, "attached to the PDF")


def pdf_time(value: str) -> str:
    """Return a PDF date ("D:20240501103000+03'00'") as ISO 8601; empty when it is none."""
    digits = value.removeprefix("D:")
    core = digits[:14]
    if len(core) < 8 or not core.isdigit():
        return ""
    core = core.ljust(14, "0")
    zone = digits[14:].replace("'", "")
    shown = f"{core[:4]}-{core[4:6]}-{core[6:8]}T{core[8:10]}:{core[10:12]}:{core[12:14]}"
    if zone[:1] in "+-" and zone[1:5].isdigit():
        return f"{shown}{zone[:3]}:{zone[3:5]}"
    return shown + ("Z" if zone.startswith("Z") else "")


def unpack_ooxml(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the documents embedded in a DOCX, XLSX or PPTX (`embeddings` folders), OLE packages opened."""
    for path in unpack_zip.names(data):
        if "/embeddings/" in path and not path.endswith((".rels", "/")):
            yield from _embedded(data, path, budget)


def unpack_odf(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the OLE objects embedded in an OpenDocument file."""
    for path in unpack_zip.names(data):
        top = path.split("/")[0]
        if top.startswith("Object ") and path == top:
            yield from _embedded(data, path, budget)


def _embedded(data: bytes, path: str, budget: Budget) -> Iterator[Yield]:
    room = budget.room()
    try:
        content = unpack_zip.read_member(data, path, room)
    except LimitMet as met:
        yield Refusal(path, "limit", met.message)
        return
    except unpack_zip.Broken as broken:
        yield Refusal(path, "broken", str(broken))
        return
    if content is None:
        return
    package = _package(content)
    if package is None:
        yield Member(path, content, "", "", "embedded in the document")
        return
    name, inner = package
    yield Member(f"{path}/{name}" if name else path, inner, "", "", "embedded in the document as an OLE package")


def _package(data: bytes) -> tuple[str, bytes] | None:
    """Return name and bytes of the file inside an OLE package, or of a PDF or other file in a CONTENTS stream."""
    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return None
    from assay.custody.ole import open_ole

    ole = open_ole(data)
    if ole is None:
        return None
    try:
        with ole:
            if ole.exists("\x01Ole10Native"):
                return _native(ole.openstream("\x01Ole10Native").read())
            for stream in ("CONTENTS", "Package", "package"):
                if ole.exists(stream):
                    return "", ole.openstream(stream).read()
    except (OSError, ValueError, IndexError, TypeError, struct.error):
        return None
    return None


def _native(stream: bytes) -> tuple[str, bytes] | None:
    """Parse an Ole10Native stream: size, flags, label, path, size, bytes. Source: MS-OLEDS 2.3.6."""
    if len(stream) < 10:
        return None
    if struct.unpack_from("<H", stream, 4)[0] != 2:
        size = struct.unpack_from("<I", stream, 0)[0]
        return "", stream[4 : 4 + size]
    label_end = stream.find(b"\0", 6)
    path_end = stream.find(b"\0", label_end + 1)
    if label_end < 0 or path_end < 0:
        return None
    at = path_end + 1 + 4
    if at + 4 > len(stream):
        return None
    skip = struct.unpack_from("<I", stream, at)[0]
    at += 4 + skip
    if at + 4 > len(stream):
        return None
    size = struct.unpack_from("<I", stream, at)[0]
    raw = stream[6:label_end]
    judged = decode(raw)
    name = judged.text if judged is not None and not judged.replaced else undecoded(raw)
    return name.replace("\\", "/").rsplit("/", 1)[-1], stream[at + 4 : at + 4 + size]


def unpack_cms(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Iterator[Yield]:
    """Yield the signed bytes of a CMS SignedData file; an enveloped (encrypted) one is refused."""
    from assay.custody.cms import Enveloped, signed_content

    try:
        content = signed_content(data)
    except Enveloped:
        yield Refusal("", "encrypted", "it is encrypted for the holder of a private key")
        return
    except ValueError as error:
        yield Refusal("", "broken", f"its signed content cannot be taken out ({error})")
        return
    if not content:
        return
    room = budget.room()
    if len(content) > room:
        yield Refusal("", "limit", budget.over(room).message)
        return
    yield Member("signed content", content, "", "", "the bytes that the signature covers")
