"""An exhibit's path leads through the archives and mails that hold it."""

from __future__ import annotations

from assay.custody.paths import first_paths
from assay.model import MemoryTrove, Occurrence


def occurrence(exhibit, path, parent=None):
    return Occurrence(exhibit, path, parent, "", "", "", "", "test", "1")


def test_members_come_after_their_containers_and_own_files_first():
    trove = MemoryTrove(
        [
            occurrence("zip", "b/mails.zip"),
            occurrence("mail", "letter.eml", "zip"),
            occurrence("pdf", "annex.pdf", "mail"),
            occurrence("copy", "copy.pdf", "mail"),
            occurrence("copy", "z/copy.pdf"),
            occurrence("copy", "a/copy.pdf"),
        ]
    )
    assert first_paths(trove) == {
        "zip": "b/mails.zip",
        "mail": "b/mails.zip!/letter.eml",
        "pdf": "b/mails.zip!/letter.eml!/annex.pdf",
        "copy": "a/copy.pdf",
    }


def test_a_loop_of_containers_ends():
    trove = MemoryTrove([occurrence("a", "b.zip", "b"), occurrence("b", "a.zip", "a")])
    assert set(first_paths(trove)) == {"a", "b"}
