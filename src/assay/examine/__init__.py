"""How far can it be trusted? Each examination answers with findings."""

builtin: tuple[str, ...] = ()
"""Every examination of this package, as "module:CONSTANT", in the order in which they run."""

syntheses: tuple[str, ...] = ()
"""Every synthesis of findings, run after all examinations."""
