"""Examinations of files as such: their names, their ends, the stage they show."""
