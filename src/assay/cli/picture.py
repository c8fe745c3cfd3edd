"""One page as a picture, drawn when it is asked for and kept."""

from __future__ import annotations

from pathlib import Path

import click

from assay.case import Case, RunSettings
from assay.cli import show_json
from assay.model.errors import Usage
from assay.publish.images import MOST_DPI, Wanted
from assay.work.part import ReadSettings
from assay.work.stage import Settings

FORMS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("exhibit")
@click.argument("page", type=click.IntRange(1))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dpi", type=click.IntRange(20, MOST_DPI), default=150, show_default=True, help="Dots per inch.")
@click.option("--password", "passwords", multiple=True, help="A password for a locked file; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def picture(
    case: Path, exhibit: str, page: int, file: Path, dpi: int, passwords: tuple[str, ...], as_json: bool
) -> int:
    """Draw PAGE of EXHIBIT (a path, or the beginning of its SHA-256) upright into FILE (.png, .jpg or .webp).

    Letters, sheets and slides are laid out by LibreOffice first, where it is installed: PAGE is then the leaf's number.
    """
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise Usage(f"{file} has no ending that names a form of picture", hint="Use .png, .jpg or .webp.")
    if file.exists():
        raise Usage(f"{file} is there already", hint="Name a new file: nothing is overwritten.")
    how = RunSettings(jobs=1, settings=Settings(ReadSettings(passwords=passwords)))
    with Case.open(case, make=False) as opened:
        wanted = Wanted(opened.exhibit(exhibit), page, dpi, form)
        image, data = opened.picture(wanted, how)
    file.write_bytes(data)
    if as_json:
        show_json({"file": str(file), "exhibit": wanted.exhibit, "page": page, "dpi": dpi, "picture": image.picture,
                   "media_type": image.media_type, "width": image.width, "height": image.height})  # fmt: skip
    else:
        click.echo(f"{file}: {image.width} by {image.height} pixels")
    return 0
