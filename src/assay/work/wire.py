"""What passes between the driver, the zygote and a worker: plain data over sockets, no pickles.

A worker may have been taken over by what it parsed. The driver therefore reads from it plain data only, bounded, and
checks each record against its type before it stores it. What goes down to a worker is small; rows and bytes go with it
as descriptors of memory that has no name, so that a worker that does not listen cannot hold the driver up.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable, Iterator

import msgspec

from assay.store.rows import Row, to_row
from assay.store.task import Outcome, encode_task

MESSAGE_LIMIT = 64 << 20
"""The largest answer that the driver takes."""
ASK_LIMIT = 4096
GIVEN_LIMIT = 256 << 20
"""The largest file that a worker may ask to have converted by a program outside."""
SPENT = "limit"
"""The category of an answer after which a worker has no memory left and is replaced."""
WANTED = "wanted"
"""The category of an answer that names the kind of engine which the task needs, and its worker does not hold."""
HEAD = struct.Struct(">cQ")
READY, ANSWER, KEEP, ASK, OUTSIDE = b"R", b"A", b"K", b"T", b"O"
"""What a worker says: it stands behind its walls; a task's answer; a blob's bytes; a question; a program to run."""
LIMITS = {READY: ASK_LIMIT, ANSWER: MESSAGE_LIMIT, ASK: ASK_LIMIT, OUTSIDE: GIVEN_LIMIT + ASK_LIMIT}
_LENGTH = struct.Struct(">I")
_SMALL = 64 << 10


class Start(msgspec.Struct, frozen=True, array_like=True):
    """The zygote's first message: the run's settings as JSON, the rooms that hold stages, layers left out by tests."""

    settings: bytes
    rooms: tuple[str, ...]
    without: tuple[str, ...] = ()


class Order(msgspec.Struct, frozen=True, array_like=True):
    """What the driver tells the zygote: warm up for stage `name`, fork a worker for a `slot`, end one, become another.

    `what` is warm, fork (`name` is sealed or open, with the worker's end of its line), end, or zygote (`name` is the
    kind of engine that the new one loads, with its end of its own line). `memory` is what a worker may take, in bytes.
    """

    what: str
    slot: int = 0
    name: str = ""
    memory: int = 0


class News(msgspec.Struct, frozen=True, array_like=True):
    """What the zygote tells the driver: a worker `ended` (how, in `text`), or asked for a call that was `refused`.

    `spent`: it ended over the memory that it had taken; `text` says how.
    """

    what: str
    slot: int
    text: str


class Work(msgspec.Struct, frozen=True, array_like=True):
    """A task for a worker; its rows and its exhibit's bytes come as descriptors."""

    task: bytes
    with_bytes: bool


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The driver's answer to a question; what was asked for comes as a descriptor when there is no `category`."""

    category: str = ""
    message: str = ""
    more: bool = False


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A question about the trove: rows of `kind` (about `exhibit`, or empty) from number `after` on, or its blob."""

    kind: str
    exhibit: str
    after: int


class Convert(msgspec.Struct, frozen=True, array_like=True):
    """A file to be converted by the program outside that is called `program`."""

    program: str
    suffix: str
    seconds: float
    memory: int
    output: int
    data: bytes


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """A worker's answer: rows and encoded child tasks."""

    rows: list[Row]
    children: list[bytes]


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """A worker's answer when a handler raised: `category` is a problem's."""

    category: str
    message: str
    fatal: bool


Answer = Done | Failed
_answers = msgspec.msgpack.Decoder(Answer)
_row = msgspec.msgpack.Decoder(Row)
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.decode


def done(outcome: Outcome) -> Done:
    """Return the answer that carries an outcome."""
    return Done([to_row(r) for r in outcome.records], [encode_task(t) for t in outcome.children])


def decode_answer(data: bytes) -> Answer:
    """Return the answer; raise `msgspec.ValidationError` when it is none."""
    answer: Answer = _answers.decode(data)
    return answer


def memory(parts: Iterable[bytes]) -> int:
    """Return a descriptor of nameless memory that holds `parts`, at its beginning."""
    descriptor = os.memfd_create("handed")
    with os.fdopen(descriptor, "wb", closefd=False) as out:
        out.writelines(parts)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def packed(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield rows as `unpacked` takes them."""
    for row in rows:
        data = encode(row)
        yield _LENGTH.pack(len(data))
        yield data


def unpacked(data: bytes) -> Iterator[Row]:
    """Yield the rows in `data`."""
    at, view = 0, memoryview(data)
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        yield _row.decode(view[at + 4 : at + 4 + length])
        at += 4 + length


def drained(descriptor: int) -> bytes:
    """Return all that a descriptor holds from where it stands, and close it."""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def tell(line: socket.socket, message: msgspec.Struct, descriptors: Iterable[int] = ()) -> None:
    """Send a small message with descriptors; raise `OSError` when it cannot be sent at once and whole."""
    body = encode(message)
    data = _LENGTH.pack(len(body)) + body
    handed = list(descriptors)
    sent = socket.send_fds(line, [data], handed) if handed else line.send(data)
    if sent != len(data):
        raise OSError("a line is full")


def hear(line: socket.socket) -> tuple[bytes, list[int]] | None:
    """Wait for a small message and return it with its descriptors; None at the end of the line."""
    try:
        data, descriptors, _, _ = socket.recv_fds(line, _LENGTH.size, 4)
    except ConnectionError:
        return None
    head = data + _exactly(line, _LENGTH.size - len(data)) if data else b""
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = _exactly(line, length) if length <= _SMALL else b""
    return (body, descriptors) if len(body) == length else None


def say(line: socket.socket, kind: bytes, *parts: bytes) -> None:
    """Say something to the driver, waiting until it took it. By write alone: no address, no descriptor goes along."""
    for part in (HEAD.pack(kind, sum(map(len, parts))), *parts):
        view = memoryview(part)
        while view:
            view = view[os.write(line.fileno(), view) :]


def _exactly(line: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count and (block := line.recv(count - len(parts))):
        parts += block
    return bytes(parts)
