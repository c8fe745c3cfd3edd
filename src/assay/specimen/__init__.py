"""Fictional troves with known truth, and the score of a case against it. Imports model only."""
