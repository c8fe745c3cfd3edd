"""Bytes to pages, words, boxes and tables."""

builtin: tuple[str, ...] = ()
"""Every reader of this package, as "module:CONSTANT", in the order in which they run."""
