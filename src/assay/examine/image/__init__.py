"""Examinations of pictures, alone or as the scans of a PDF."""
