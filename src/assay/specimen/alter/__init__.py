"""Alterations of documents, each with an innocent change that looks alike: pure functions over bytes.

Every function takes the bytes and a random source and returns `Altered`; the same source gives the same bytes.
"""

from assay.specimen.alter.office import Reviser, accepted, track_changes
from assay.specimen.alter.overlay import amount_to_patch, e_sign_stamp, ocr_layer, patch_scan, stamp_bates
from assay.specimen.alter.pdffile import SPECIMEN, revisions
from assay.specimen.alter.pixels import facsimile, patch_image
from assay.specimen.alter.places import Place, amounts, changed, find
from assay.specimen.alter.result import Altered, CannotAlter
from assay.specimen.alter.revised import annotate, fill_form, resave, revise, touch_metadata

__all__ = [
    "SPECIMEN", "Altered", "CannotAlter", "Place", "Reviser", "accepted", "amount_to_patch", "amounts", "annotate",
    "changed", "e_sign_stamp", "facsimile", "fill_form", "find", "ocr_layer", "patch_image", "patch_scan", "resave",
    "revise", "revisions", "stamp_bates", "touch_metadata", "track_changes",
]  # fmt: skip
