from __future__ import annotations

import random

import pytest

from assay.read.layout import Segment, Word, is_han, joined, lines_of, merge_segments, script_of, starts
from assay.read.layout_compose import Composer
from assay.read.layout_order import read_order


def segment(text: str, x: float, y: float, high: float = 10.0, letter: float = 5.0) -> Segment:
    """Words of one line, each letter 5 points wide, a space as well."""
    words = []
    for piece in text.split(" "):
        words.append(Word(piece, x, y, x + letter * len(piece), y + high))
        x += letter * (len(piece) + 1)
    return Segment.of(words)


def paragraph(lines: list[str], x: float, y: float, step: float = 13.0) -> list[Segment]:
    return [segment(line, x, y + k * step) for k, line in enumerate(lines)]


def composed(segments, width=600.0, height=800.0):
    return Composer(width, height).compose(read_order(segments), [])


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Договор", "Cyrillic"),
        ("Contract", "Latin"),
        ("合同", "Han"),
        ("12,5", ""),
        ("型号 KD-21M", "Han"),
        ("№ 5 ООО", "Cyrillic"),
    ],
)
def test_scripts_are_told_by_their_letters(text, script):
    assert script_of(text) == script


def test_han_needs_no_spaces():
    assert is_han("合") and is_han("，") and not is_han("Д") and not is_han("a")


def test_runs_on_one_line_are_joined_and_columns_are_not():
    pieces = [segment("one", 50, 100), segment("two", 70, 100.5), segment("far", 300, 100)]
    texts = sorted(s.text for s in merge_segments(pieces))
    assert texts == ["far", "one two"]


def test_a_run_that_was_drawn_twice_is_read_once():
    assert [s.text for s in merge_segments([segment("bold", 50, 100), segment("bold", 50.4, 100)])] == ["bold"]


def test_the_order_of_segments_does_not_change_the_text():
    lines = [f"line number {k} of the only column of this page" for k in range(12)]
    segments = paragraph(lines, 50, 100)
    wanted = composed(list(segments)).text
    for seed in range(5):
        shuffled = list(segments)
        random.Random(seed).shuffle(shuffled)
        assert composed(shuffled).text == wanted


def test_paragraphs_open_at_indents_spaces_short_lines_and_clause_numbers():
    rows = [
        ("    first line of one paragraph that is", 70.0, 100.0),
        ("full and goes on over the whole line ok", 50.0, 113.0),
        ("and ends here.", 50.0, 126.0),
        ("1.2. A clause that is set after a line:", 50.0, 139.0),
        ("with a wide space above stands another.", 50.0, 170.0),
    ]
    lines = lines_of([segment(text.strip(), x, y) for text, x, y in rows])
    assert starts(lines) == [0, 3, 4]


def test_a_running_head_at_the_right_is_no_beginning_of_the_title_below():
    rows = [("Contract 7", 430.0, 30.0), ("CONTRACT No. 7 / CONTRAT N 7 which reaches as far as that", 120.0, 56.0)]
    lines = lines_of([segment(text, x, y) for text, x, y in [*rows, ("for the supply of goods", 160.0, 82.0)]])
    assert starts(lines, 480.0)[:2] == [0, 1]


def test_words_that_are_divided_at_the_end_of_a_line_are_one_run():
    text = composed(paragraph(["the communi-", "cations equip-", "ment is new"], 50, 100)).text
    assert text == "the communications equipment is new"
    kept = composed(paragraph(["the T-90 and the BM-", "30 are well-known and well-", "known they stay"], 50, 100)).text
    assert kept == "the T-90 and the BM-30 are well-known and well-known they stay"


def test_offsets_ascend_and_point_at_the_words():
    segments = paragraph(["alpha beta gamma", "delta epsilon"], 50, 100) + paragraph(["zeta eta"], 50, 300)
    page = composed(segments)
    said = [page.text[a:b] for a, b in zip(page.words.start, page.words.end, strict=True)]
    assert said == ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"]
    box = page.words.box(0)
    assert abs(box.x0 - 50 / 600) < 1e-4 and abs(box.y1 - 110 / 800) < 1e-4


def test_a_slight_turn_is_undone_for_the_boxes_only():
    import math

    angle = math.radians(2.0)
    back = (math.cos(angle), -math.sin(angle), 20.0, math.sin(angle), math.cos(angle), -5.0)
    straight = composed(paragraph(["alpha beta"], 100, 100))
    turned = Composer(600, 800, back).compose(read_order(paragraph(["alpha beta"], 100, 100)), [])
    assert turned.text == straight.text
    x, y = (100 + 125) / 2, 105
    box = turned.words.box(0)
    assert abs((box.x0 + box.x1) / 2 * 600 - (back[0] * x + back[1] * y + back[2])) < 0.05
    assert abs((box.y0 + box.y1) / 2 * 800 - (back[3] * x + back[4] * y + back[5])) < 0.05


def test_a_heading_over_two_columns_comes_first_and_a_footer_last():
    left = paragraph([f"left column line {k} with words" for k in range(6)], 50, 140)
    right = paragraph([f"right column line {k} with words" for k in range(6)], 330, 140)
    head = [segment("A heading that runs over both of the columns of this page", 150, 100)]
    foot = [segment("A footer that runs over both of the columns of this page", 150, 240)]
    page = composed(right + foot + left + head)
    assert page.text.startswith("A heading") and page.text.endswith("columns of this page")
    assert page.text.index("left column line 5") < page.text.index("right column line 0")
    assert page.paragraphs[0].column == -1 and page.paragraphs[-1].column == -1


def test_sender_and_addressee_side_by_side_are_two_stacks():
    left = paragraph(["Ozeryan Special Equipment", "Talnogorye", "No. 259/18 of 6 November"], 50, 100)
    right = paragraph(["To: Merrivale Cross Design Bureau"], 330, 113)
    body = paragraph(
        ["Please confirm the dates for sending your specialists to the training that the contract", "foresees."],
        50,
        180,
    )
    page = composed(left + right + body)
    lines = page.text.split("\n")
    assert lines[:4] == [
        "Ozeryan Special Equipment", "Talnogorye", "No. 259/18 of 6 November", "To: Merrivale Cross Design Bureau",
    ]  # fmt: skip
    assert lines[4].startswith("Please confirm") and lines[4].endswith("foresees.")


def test_words_with_their_joints():
    words = [Word("型", 0, 0, 1, 1), Word("号", 1, 0, 2, 1, 100, True), Word("KD-21M", 2, 0, 5, 1, 100, True)]
    assert joined(words) == "型号KD-21M"
    assert joined([Word("a", 0, 0, 1, 1), Word("b", 2, 0, 3, 1)]) == "a b"
