"""States and newspapers: the title is translated, the proper name is not."""

from __future__ import annotations

import pytest

from assay.resolve.likeness import Likeness, compare
from assay.resolve.names import block_keys, name
from assay.resolve.titled import title_keys


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("Республика Казахстан", "Republic of Kazakhstan", "state"),
        ("Республика Казахстан", "哈萨克斯坦共和国", "state"),
        ("Тарнавская Федерация", "Tarnavian Federation", "state"),
        ("Киевский вестник", "Київський вісник", "organisation"),
        ("Северодонецкий обзор", "Severodonetsk Review", "organisation"),
        ("Calderra Ledger", "卡尔德拉纪录报", "organisation"),
    ],
)
def test_titles_that_mean_the_same_meet(a: str, b: str, kind: str) -> None:
    x, y = name(a, kind), name(b, kind)
    assert compare(x, y).likeness >= Likeness.LIKELY
    assert {*title_keys(x), *block_keys(x)} & {*title_keys(y), *block_keys(y)}


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("Республика Казахстан", "Kingdom of Kazakhstan", "state"),
        ("Республика Конго", "Democratic Republic of the Congo", "state"),
        ("Киевский вестник", "Kyiv Times", "organisation"),
        ("Республика Казахстан", "Republic of Moldova", "state"),
    ],
)
def test_other_titles_or_places_part(a: str, b: str, kind: str) -> None:
    assert compare(name(a, kind), name(b, kind)).likeness == Likeness.DIFFERENT


def test_a_state_is_not_its_office() -> None:
    office, state = name("Ministry of Defence of the Republic of Kazakhstan", "organisation"), "Republic of Kazakhstan"
    assert compare(office, name(state, "state")).likeness == Likeness.DIFFERENT


def test_two_family_names_are_two_persons() -> None:
    assert compare(name("孟松青", "person"), name("张松青", "person")).likeness == Likeness.DIFFERENT
