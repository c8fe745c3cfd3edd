"""What a sentence denies is told by words, not by letters that a longer word begins with."""

from __future__ import annotations

import pytest

from assay.extract.claims import polarity_of
from assay.model import Modality, Rung


@pytest.mark.parametrize(
    ("sentence", "happened"),
    [
        ("This is to notify you of shipment on March 2, 2020 of two sets.", True),
        ("A notable batch was shipped under Agreement No. 5.", True),
        ("The goods were not shipped on March 2, 2020.", False),
    ],
)
def test_to_notify_of_a_shipment_is_not_to_deny_it(sentence, happened):
    assert polarity_of(sentence, Rung.SHIPPED, Modality.ASSERTED) is happened
