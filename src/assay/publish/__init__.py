"""Editions, the release gate, and exports."""

builtin: tuple[str, ...] = (
    "assay.publish.tables:JSONL",
    "assay.publish.tables:CSV",
    "assay.publish.register:REGISTER",
    "assay.publish.hocr:HOCR",
    "assay.publish.alto:ALTO",
    "assay.publish.searchable:PDF",
)
"""Every exporter of this package, as "module:CONSTANT"."""
