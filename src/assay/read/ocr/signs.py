"""PP-OCR's recogniser by itself: one line of writing to signs, each with its place and how sure it is.

Purpose: Han, Latin and figures. Of all engines here it reads figures and Latin designations best (Tesseract in three
languages 6 % of the figures of table cells wrong, this 0 of 444), at some 6 ms a word and 50 MB.
Limits: one upright line a picture; no Cyrillic: its letters come out as Latin, Greek or Han ones of like shape.
The model comes with the package `rapidocr`; only it is loaded here, without its detector. Decoding is greedy CTC.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.work import engine

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[Any]

HEIGHT = 48
"""Lines are brought to this many pixels; the model was made for it."""
MOST_WIDE = 3200
MODEL = "PP-OCRv6_rec_small.onnx"


@dataclass(frozen=True, slots=True)
class Line:
    """What is read: `places` are the signs' middles (0 to 1 over the picture's width), `sure` 0 to 100 each."""

    text: str
    places: tuple[float, ...]
    sure: tuple[int, ...]

    @property
    def mean(self) -> float:
        """How sure on the whole (0 to 100)."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


@cache
def ready() -> bool:
    """Tell whether the model is installed."""
    return _model() is not None


@cache
def _model() -> Path | None:
    from importlib.util import find_spec

    found = find_spec("rapidocr")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "models" / MODEL
    return path if path.is_file() else None


def runtime() -> Any:
    """Return onnxruntime, told before it is loaded to tell nobody anything.

    Loading alone makes it write an identifier of the machine into the user's cache folder and prepare to send; its own
    function to turn that off comes too late for the first.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime


@cache
def _session() -> tuple[Any, str, tuple[str, ...]]:
    engine.need(engine.OCR)
    onnxruntime = runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
    signs = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, session.get_inputs()[0].name, ("", *signs, " ")


def warm() -> None:
    """Load the model before a worker gives up the file system."""
    if ready():
        _session()


def read(crops: Sequence[Image], narrow: float = 1.0) -> list[Line]:
    """Return what stands on each grey crop. `narrow` squeezes it first: time goes with the width.

    Figures and Latin capitals bear .7 (444 numbers and 51 designations of table cells: none wrong at .7, 13 at .6).
    """
    return [_read(crop, narrow) for crop in crops]


def _read(crop: Image, narrow: float) -> Line:
    import cv2
    import numpy as np

    high, wide = crop.shape[:2]
    if not high or not wide:
        return Line("", (), ())
    session, name, signs = _session()
    width = max(8, min(MOST_WIDE, round(HEIGHT * narrow * wide / high)))
    # Floats are resized as bytes are: what the model was measured with.
    way = cv2.INTER_LINEAR if narrow == 1 else cv2.INTER_AREA
    small = cv2.resize(crop, (width, HEIGHT), interpolation=way).astype(np.float32) / 127.5 - 1
    padded = np.zeros((1, 3, HEIGHT, max(32, -(-width // 16) * 16)), np.float32)
    padded[0, :, :, :width] = small
    scores = session.run(None, {name: padded})[0][0]
    best = scores.argmax(axis=1)
    first = np.ones(len(best), bool)
    first[1:] = best[1:] != best[:-1]
    columns = np.flatnonzero(first & (best != 0))
    share = padded.shape[3] / width / len(best)
    return Line(
        "".join(signs[k] for k in best[columns]),
        tuple(min(1.0, float((c + 0.5) * share)) for c in columns),
        tuple(round(100 * float(s)) for s in scores[columns, best[columns]]),
    )
