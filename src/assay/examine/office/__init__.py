"""Examinations of office files."""
