"""Pictures to look at beside a scan: nothing is weighed by them, and nothing follows from them.

Purpose: an examiner may want to see what a further compression changes, the grain and the colours. Limits: each
`View` says its own in one line; at most `LONGEST` pixels; JPEG pictures only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.examine.image.rasters import raster_of

if TYPE_CHECKING:
    from assay.examine.image.rasters import Grey, Raster

QUALITY = 75
MOST_GAIN = 60
GRAIN_GAIN = 20
LONGEST = 1_200


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a picture: its name, what is shown, and one line that says how to read it and how not."""

    name: str
    title: str
    reading: str


VIEWS = (
    View(
        "ela", "What a further compression changes",
        "Bright are edges, colours and fine detail, on innocent pictures too; measured on altered and innocent scans "
        "it did not tell them apart.",
    ),
    View(
        "grain", "Grain",
        "Bright is uneven, dark is smooth: blank clipped paper is as dark as a painted field, so darkness alone says "
        "nothing.",
    ),
    View(
        "channels", "Blue, green and red, side by side",
        "Seals, signatures and highlighting stand out in one of them; a difference of colour has many ordinary causes.",
    ),
)  # fmt: skip
"""All views, in the order in which they are shown."""


def view(name: str, media_type: str, data: bytes, page: int) -> bytes | None:
    """Return one view of a page's picture as PNG; None when the page is no JPEG picture, or a grey one has no colours.

    Raises `StateRefused` for a PDF that cannot be opened, `KeyError` for an unknown view.
    """
    import cv2

    make = {"ela": _again, "grain": _grain, "channels": _channels}[name]
    raster = raster_of(media_type, data, page)
    made = make(raster) if raster is not None and raster.jpeg else None
    if made is None:
        return None
    scale = min(1.0, LONGEST / max(made.shape))
    small = cv2.resize(made, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".png", small)[1])


def _again(raster: Raster) -> Grey | None:
    import cv2
    import numpy as np

    _, again = cv2.imencode(".jpg", raster.grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    after = cv2.imdecode(again, cv2.IMREAD_GRAYSCALE)
    if after is None:
        return None
    gap = cv2.absdiff(raster.grey, after).astype(np.float32)
    gain = min(MOST_GAIN, 255 / max(1.0, float(np.percentile(gap[::2, ::2], 99.5))))
    return np.asarray(np.clip(gap * gain, 0, 255), dtype=np.uint8)


def _grain(raster: Raster) -> Grey:
    import cv2
    import numpy as np

    smooth = cv2.GaussianBlur(raster.grey, (0, 0), 1.2)
    rest = cv2.absdiff(raster.grey, smooth).astype(np.float32)
    return np.asarray(np.clip(cv2.blur(rest, (5, 5)) * GRAIN_GAIN, 0, 255), dtype=np.uint8)


def _channels(raster: Raster) -> Any:
    import cv2
    import numpy as np

    colours = cv2.imdecode(np.frombuffer(raster.jpeg, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if colours is None or np.ptp(colours[::16, ::16], axis=2).max() < 12:
        return None
    return np.hstack([colours[:, :, channel] for channel in range(3)])
