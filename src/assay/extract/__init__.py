"""What does it say? Documents, mentions, items, obligations, events and claims."""

builtin: tuple[str, ...] = ()
"""Every extractor of this package, as "module:CONSTANT", in the order in which they run."""
