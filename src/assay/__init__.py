"""assay: from a leaked folder to an edition in which each sentence opens its evidence."""

__version__ = "0.1.0"
