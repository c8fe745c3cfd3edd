"""Does a document agree with itself? Totals, figures and words, check digits, language versions.

Limits: a contradiction is as often a clerical error as a change; none of these examinations can tell which. They read
pages and tables only, and never what extraction made of them.
"""
