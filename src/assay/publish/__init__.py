"""Editions, the release gate, and exports."""
