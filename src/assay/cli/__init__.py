"""One thin command per verb."""

from __future__ import annotations

import errno
import importlib
import json
import os
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

import click

from assay import __version__
from assay.model.errors import Fault, StoreFault

COMMANDS: dict[str, str] = {
    "run": "assay.cli.job:run",
    "receive": "assay.cli.job:receive",
    "read": "assay.cli.job:read",
    "examine": "assay.cli.job:examine",
    "extract": "assay.cli.job:extract",
    "resolve": "assay.cli.job:resolve",
    "weigh": "assay.cli.job:weigh",
    "show": "assay.cli.look:show",
    "judge": "assay.cli.person:judge",
    "vouch": "assay.cli.person:vouch",
    "correct": "assay.cli.correct:correct",
    "picture": "assay.cli.picture:picture",
    "hypotheses": "assay.cli.rivals:hypotheses",
    "report": "assay.cli.out:report",
    "reproduce": "assay.cli.rivals:reproduce",
    "publish": "assay.cli.out:publish",
    "export": "assay.cli.out:export",
    "verify": "assay.cli.look:verify",
    "specimen": "assay.cli.trial:specimen",
    "forge": "assay.cli.trial:forge",
    "score": "assay.cli.trial:score",
    "parts": "assay.cli.look:parts",
}
"""Every command, and the function that does it; loaded when it is called."""


_MEDIUM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG}
"""What a disk or a folder may answer; any other error of the system is a defect of ours."""


_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.EINVAL}
"""What a place that does not fit may answer: the user's mistake where the user named that place, else a defect."""


def _named(place: object, words: list[str]) -> bool:
    """Tell whether a place is one of the command's words, or lies above or in one of them."""
    if not isinstance(place, str | bytes):
        return False
    at = Path(os.fsdecode(place)).absolute()
    given = [Path(word).absolute() for word in words if word and not word.startswith("-")]
    return any(at.is_relative_to(word) or word.is_relative_to(at) for word in given)


class _Commands(click.Group):
    """The commands, imported one by one when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="assay")
def app() -> None:
    """From a leaked folder to an edition in which each sentence opens its evidence."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 done, 2 usage, 3 done with problems, and the codes of `model.errors`."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = app.main(args=words, prog_name="assay", standalone_mode=False)
    except Fault as fault:
        _tell(fault.code, str(fault), fault.hint, "--json" in words)
        sys.exit(fault.exit)
    except click.ClickException as error:
        _tell("usage", error.format_message(), "Run the command with --help.", "--json" in words)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. Nothing is lost: the same command goes on where it stopped.", err=True)
        sys.exit(130)
    except sqlite3.Error as error:
        _tell("store", f"the case's database cannot be used: {error}", StoreFault.hint, "--json" in words)
        sys.exit(StoreFault.exit)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _MEDIUM and not (error.errno in _PLACE and _named(error.filename, words)):
            raise
        where = f"{error.filename}: " if error.filename else ""
        hint = "Free space, or name a folder that can be written, and run the command again."
        _tell(StoreFault.code, f"{where}{error.strerror}", hint, "--json" in words)
        sys.exit(StoreFault.exit)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(code: str, message: str, hint: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message, "hint": hint}}, ensure_ascii=False))
    else:
        click.echo(plain(f"assay: {message}\n       {hint}"), err=True)


def show_json(value: Any) -> None:
    """Print one value as JSON, readable and stable."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves a terminal's cursor, colours or turns text around: a file's name must not do that to its reader."""


def plain(text: str) -> str:
    """Return text for a terminal, with what is not seen there written out."""
    return _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say(text: str) -> None:
    """Print what may quote a trove."""
    click.echo(plain(text))
