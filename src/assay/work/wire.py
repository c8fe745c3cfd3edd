"""What passes between the driver and a worker: length-prefixed messages, no pickles.

A worker may have been taken over by what it parsed. The driver therefore reads from it plain data only and checks each
record against its type before it stores it.
"""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from assay.model import Record
from assay.store.rows import Row, from_row, sound, to_row
from assay.store.task import Outcome, Task, decode_task, encode_task

MESSAGE_LIMIT = 1 << 30
READY = b"ready"
"""The first message of a worker: it stands behind its walls. One that is lost before died of no task."""
SPENT = "limit"
"""The category of an answer after which a worker has no memory left and is replaced."""


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
_encode = msgspec.msgpack.Encoder().encode


def done(outcome: Outcome) -> Done:
    """Return the answer that carries an outcome."""
    return Done([to_row(r) for r in outcome.records], [encode_task(t) for t in outcome.children])


def checked(answer: Done) -> tuple[list[Row], list[Task]]:
    """Return an answer's rows and children; raise `msgspec.ValidationError` when one is not what it says."""
    for row in answer.rows:
        sound(row)
    return list(answer.rows), [decode_task(t) for t in answer.children]


def records_of(rows: list[Row]) -> list[Record]:
    """Return the records of rows."""
    return [from_row(r.kind, r.payload, r.words) for r in rows]


def encode_answer(answer: Answer) -> bytes:
    """Return an answer's bytes."""
    return _encode(answer)


def decode_answer(data: bytes) -> Answer:
    """Return the answer; raise `msgspec.ValidationError` when it is none."""
    answer: Answer = _answers.decode(data)
    return answer


def send(stream: IO[bytes], data: bytes) -> None:
    """Write one message."""
    stream.write(struct.pack(">I", len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None at the end of the stream."""
    head = _exactly(stream, 4)
    if head is None:
        return None
    (length,) = struct.unpack(">I", head)
    if length > MESSAGE_LIMIT:
        return None
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        block = stream.read(count - len(parts))
        if not block:
            return None
        parts += block
    return bytes(parts)
