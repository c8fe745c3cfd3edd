"""Makes fictional troves with known truth, and scores a case against it. Imports model only."""

from assay.specimen.trove import make

__all__ = ["make"]
