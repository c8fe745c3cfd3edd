"""Examinations of the trove as a whole: what it announces and does not hold."""
