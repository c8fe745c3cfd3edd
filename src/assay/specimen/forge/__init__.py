"""Alterations of fictional papers, each with an innocent twin: what the examinations are measured on.

`KINDS` is the list; a kind is one entry in one of the modules. Only papers made here are altered.
"""

from assay.specimen.forge.kind import Kind, Made
from assay.specimen.forge.trove import KINDS, LANGUAGES, forge

__all__ = ["KINDS", "LANGUAGES", "Kind", "Made", "forge"]
