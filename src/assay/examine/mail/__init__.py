"""Examinations of mails: the way that they state to have come."""
