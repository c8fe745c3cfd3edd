"""Data tables of the ledger, each with its source in its header."""
