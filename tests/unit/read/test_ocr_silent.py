"""The engine for Chinese tells nobody anything: loaded in a home of its own, it leaves no trace there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = "from assay.read.ocr.signs import runtime; runtime().get_device()"


def test_loading_the_runtime_writes_nothing_into_the_users_home(tmp_path: Path) -> None:
    given = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
    given.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
