"""Examinations of PDF files: what later revisions changed, what lies over a scan, what is hidden."""
