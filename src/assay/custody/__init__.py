"""Receive, hash, unpack, log. Never changes a byte."""
