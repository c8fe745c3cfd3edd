"""What all tests of the command line use."""

from __future__ import annotations

import pytest

from assay.cli import main


@pytest.fixture
def assay(capsys):
    """Call a command; return its exit code, what it printed, and what it printed as an error."""

    def call(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(w) for w in words])
        caught = capsys.readouterr()
        return ended.value.code, caught.out, caught.err

    return call
