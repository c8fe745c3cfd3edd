"""Electronic signatures: which bytes were signed, with which key, and whether they are still the same."""
