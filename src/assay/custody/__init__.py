"""Receive, hash, unpack, log. Never changes a byte."""

builtin: tuple[str, ...] = ("assay.custody.detached:DETACHED",)
"""What this package combines over a whole trove, as "module:CONSTANT"."""
