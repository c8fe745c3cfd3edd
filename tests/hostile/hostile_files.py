"""Every hostile file there is, in one list: its name, the attack, what a run says on it, what is still read."""

from __future__ import annotations

import hostile_archives
import hostile_office
import hostile_pdf
import hostile_pictures
from hostile_made import Hostile

ROOMS: dict[str, tuple[Hostile, ...]] = {
    "PDF": hostile_pdf.FILES,
    "pictures": hostile_pictures.FILES,
    "office, markup, mail, text": hostile_office.FILES,
    "archives": hostile_archives.FILES,
}
FILES = tuple(file for files in ROOMS.values() for file in files)
