"""What kind of text is this? Mail by its headers, HTML and XML by their tags, CSV by even columns, and so on.

Limits: looks at the first 64 kB. A short text fits several kinds; then it is `text/plain`.
"""

from __future__ import annotations

import csv
import io
import re

_LOOK = 65_536
_HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}):(?!//)")
_MAIL_HEADERS = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "received",
        "message-id",
        "mime-version",
        "return-path",
        "delivered-to",
        "content-type",
        "in-reply-to",
        "references",
        "sender",
        "reply-to",
        "content-transfer-encoding",
        "dkim-signature",
        "x-mailer",
        "user-agent",
        "resent-from",
        "delivery-date",
        "envelope-to",
        "x-received",
        "authentication-results",
        "thread-topic",
    ]
)
_STRONG = frozenset(
    ["from", "to", "subject", "received", "message-id", "mime-version", "return-path", "delivered-to", "date"]
)
_HTML = re.compile(
    r"<(!doctype\s+html|html|head|body|title|meta|script|table|div|p|span|br|h[1-6]|a|ul|ol|font)\b", re.I
)
_HTML_START = re.compile(
    r"^(?:\s|<!--.*?-->|<\?xml[^>]*\?>)*"
    r"<(!doctype\s+html|html|head|body|title|meta|table|div|p|ul|ol|center|font|style|script|h[1-6])\b",
    re.I | re.S,
)
_XML_START = re.compile(
    r"^\s*(?:<\?xml\b|<!DOCTYPE\s+(?!html)|<([A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*(\s+[\w:.-]+\s*=|\s*/?>))"
)
_PEM = (
    ("-----BEGIN PKCS7", "application/pkcs7-signature"),
    ("-----BEGIN CMS", "application/pkcs7-signature"),
    ("-----BEGIN CERTIFICATE", "application/pkix-cert"),
    ("-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    ("-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    ("-----BEGIN PGP SIGNED", "text/plain"),
)


def text_type(data: bytes, text: str, encoding: str) -> str:
    """Return the media type of a text that was decoded from `data`."""
    head = text[:_LOOK].lstrip("\ufeff")
    start = head.lstrip()
    if start.startswith("{\\rtf"):
        return "application/rtf"
    for mark, kind in _PEM:
        if start.startswith(mark):
            return kind
    if start.startswith("BEGIN:VCALENDAR"):
        return "text/calendar"
    if start.startswith("BEGIN:VCARD"):
        return "text/vcard"
    counted = re.match(r"\s*(\d{1,10})\s*\r?\n", head)
    if counted and "<plist" in text[-20_000:] and _mail_type(head[counted.end() :]):
        return "message/x-emlx"
    mail = _mail_type(head)
    if mail:
        return mail
    if _HTML_START.match(head):
        return "text/html"
    if _XML_START.match(head):
        return _xml_type(head)
    if start[:1] in "{[" and _is_json(text):
        return "application/json"
    if _HTML.search(head) and len(_HTML.findall(head)) * 40 > len(head) / 8 and re.search(r"</\w+\s*>", head):
        return "text/html"
    return _markdown(head) or _tabular(head, complete=len(text) <= _LOOK) or "text/plain"


def _mail_type(head: str) -> str | None:
    lines = head.splitlines()
    if lines and re.match(r"From \S+.*\d{2}:\d{2}", lines[0]):
        return "application/mbox" if _headers(lines[1:])[0] >= 1 else None
    known, strong, kind = _headers(lines)
    if (known >= 2 and strong >= 1) or (strong >= 1 and known >= 1 and len(lines) > 2 and _blank_after_headers(lines)):
        snapshot = "multipart/related" in kind and re.search(r"(?im)^Snapshot-Content-Location:|^From: <Saved by", head)
        if snapshot or ("multipart/related" in kind and "received" not in head[:4000].lower()
                        and not re.search(r"(?im)^To:", head)):  # fmt: skip
            return "multipart/related"
        return "message/rfc822"
    return None


def _headers(lines: list[str]) -> tuple[int, int, str]:
    """Return how many mail headers a text opens with, how many telling ones, and its content type."""
    known: set[str] = set()
    kind = ""
    last = ""
    total = 0
    for line in lines[:400]:
        if not line.strip():
            if total:
                break
            continue
        if line[:1] in " \t" and total:
            if last == "content-type":
                kind += line.lower()
            continue
        found = _HEADER.match(line)
        if not found:
            if total and not line.startswith(">"):
                break
            if not total:
                return 0, 0, ""
            continue
        total += 1
        last = found.group(1).lower()
        if last in _MAIL_HEADERS:
            known.add(last)
        if last == "content-type":
            kind = line.lower()
    if total and len(known) * 5 < total and len(known) < 3 and len(known & _STRONG) < 2:
        return 0, 0, ""
    return len(known), len(known & _STRONG), kind


def _blank_after_headers(lines: list[str]) -> bool:
    """Tell whether a text is headers, a blank line, and then more."""
    for at, line in enumerate(lines[:60]):
        if not line.strip():
            return 0 < at < len(lines) - 1 and all(
                _HEADER.match(earlier) or earlier[:1] in " \t" for earlier in lines[:at]
            ) and at >= 2  # fmt: skip
    return False


def _xml_type(head: str) -> str:
    root = re.search(r"<(?![?!])(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]{0,20000})", head)
    if not root:
        return "application/xml"
    name, rest = root.group(1), root.group(2)
    if name == "svg":
        return "image/svg+xml"
    if name.lower() == "html":
        return "text/html"
    if name == "package" and "schemas.microsoft.com/office/2006/xmlPackage" in rest:
        return "application/x-flat-opc"
    if name == "wordDocument":
        return "application/vnd.ms-word.xml"
    if name == "document" and "urn:oasis:names:tc:opendocument:xmlns:office" in rest:
        kind = re.search(r"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)\b", head)
        return f"application/vnd.oasis.opendocument.{kind.group(1)}-flat-xml" if kind else "application/xml"
    if name == "Workbook" and "urn:schemas-microsoft-com:office:spreadsheet" in rest:
        return "application/vnd.ms-excel.xml"
    return "application/xml"


_MARKDOWN = (
    re.compile(r"^#{1,6} \S", re.M),
    re.compile(r"^\|?[ :]*-{3,}[ :]*(?:\|[ :]*-{3,}[ :]*)+\|?[ \t]*$", re.M),
    re.compile(r"\[[^\]\n]{1,200}\]\((?:https?://|mailto:|#|\.{0,2}/|[\w-]+\.\w)[^)\s]{0,500}\)"),
    re.compile(r"^(?:```|~~~)", re.M),
    re.compile(r"(?<!\*)\*\*[^\s*][^*\n]{0,200}\*\*(?!\*)"),
    re.compile(r"^(?:[-*+]|\d{1,3}\.) \S.*\n(?:[-*+]|\d{1,3}\.) \S", re.M),
)


def _markdown(head: str) -> str | None:
    """Recognise Markdown: a heading or a table's rule, and at least one more of its marks."""
    met = [mark.search(head) is not None for mark in _MARKDOWN]
    return "text/markdown" if (met[0] or met[1]) and sum(met) >= 2 else None


def _is_json(text: str) -> bool:
    import json

    if len(text) > 50_000_000:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _tabular(head: str, *, complete: bool) -> str | None:
    """Recognise delimited columns: at least two lines, the same number of fields in nearly all of them."""
    cut = head if complete else head[: head.rfind("\n") + 1]
    lines = [line for line in cut.splitlines() if line.strip()]
    if len(lines) < 2 or len(lines[0]) > 4000:
        return None
    for separator, kind in (
        ("\t", "text/tab-separated-values"),
        (";", "text/csv"),
        (",", "text/csv"),
        ("|", "text/csv"),
    ):
        if separator not in lines[0]:
            continue
        try:
            rows = [row for row in csv.reader(io.StringIO(cut), delimiter=separator) if row]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        usual = max(sorted(set(widths)), key=widths.count)
        share = widths.count(usual) / len(widths)
        quoted = lines[0].startswith('"') or cut.count('"' + separator) > len(rows)
        short = quoted or sum(len(field) for row in rows for field in row) / max(1, sum(widths)) < 60
        spaced = (
            separator == "," and sum(f[:1] == " " for r in rows for f in r[1:]) > sum(len(r) - 1 for r in rows) * 0.5
        )
        if usual >= 2 and len(rows) >= 2 and share >= 0.9 and short and not (spaced and usual < 4):
            return kind
    return None
