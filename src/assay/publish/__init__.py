"""Editions, the release gate, and exports."""

builtin: tuple[str, ...] = ()
"""Every exporter of this package, as "module:CONSTANT"."""
