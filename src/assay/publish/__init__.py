"""Editions, the release gate, and exports."""

builtin: tuple[str, ...] = ("assay.publish.tables:JSONL", "assay.publish.tables:CSV")
"""Every exporter of this package, as "module:CONSTANT"."""
