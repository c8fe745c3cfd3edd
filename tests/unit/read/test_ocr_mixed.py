from __future__ import annotations

import numpy as np

from assay.read.ocr.engines import Token
from assay.read.ocr.mixed import corrected, doubtful, fuller, parted, settled


def token(text, x0, x1, confidence=98, line=0, known=False, y0=0, y1=30):
    return Token(text, x0, y0, x1, y1, confidence, line, known=known)


def texts(tokens):
    return [t.text for t in tokens]


def test_han_is_kept_with_its_figures_and_what_cyrillic_left_behind_is_not():
    line = [
        token(".", 0, 20, 95),
        token("第", 100, 130),
        token("3", 130, 145),
        token("批", 145, 175),
        token("：", 175, 200),
    ]
    kept, others = parted(line)
    assert texts(kept) == ["第", "3", "批", "："] and texts(others) == ["."]
    kept, others = parted([token("/", 0, 10), token("合", 12, 42), token("计", 42, 72), token("USD", 74, 120)])
    assert texts(kept) == ["合", "计"] and texts(others) == ["/", "USD"]


def test_one_unsure_sign_alone_is_not_believed():
    assert parted([token("山", 0, 30, 60)])[0] == []
    assert texts(parted([token("套", 0, 30, 97)])[0]) == ["套"]


def test_a_latin_word_taken_for_cyrillic_is_set_right_and_cyrillic_stays():
    read = [token("Харок", 0, 90, 60), token("Жарок", 200, 300, 90), token("Банк", 400, 470, 60, known=True)]
    others = [token("Kapok", 0, 92, 99), token("Kapok", 200, 300, 99), token("Bahk", 400, 470, 99)]
    assert texts(corrected(read, others)) == ["Kapok", "Жарок", "Банк"]


def test_designations_are_left_to_the_second_reading_of_figures():
    read = [token("Е)В-79ЗА", 0, 120, 82), token("КВЖ-60К", 200, 320, 85)]
    others = [token("FJR-793A", 0, 122, 99), token("KBX-60K", 200, 320, 99)]
    assert corrected(read, others) == read


def test_a_stroke_read_with_the_word_before_it_goes_with_the_han_after_it():
    kept, others = parted([token("WT./", 0, 80, 92), token("台", 80, 110)])
    assert texts(kept) == ["/", "台"] and texts(others) == ["WT."]
    assert kept[0].x0 < kept[1].x0 and kept[1].glued


def test_a_letter_of_a_designation_taken_for_a_sign_is_no_han():
    assert parted([token("P-919", 0, 90), token("几", 90, 120, 90), token("3", 120, 140)])[0] == []
    assert texts(parted([token("12", 0, 40), token("台", 40, 70, 90)])[0])[-1] == "台"


def test_a_run_with_room_for_a_sign_more_is_looked_at_again():
    from assay.read.ocr.mixed import widened

    ink = np.zeros((40, 400), np.uint8)
    for x in (100, 126, 152):
        ink[9:31, x : x + 20] = 255
    two = [token("源", 98, 140, y1=40), token("装", 140, 176, y1=40)]
    box = widened(two, ink)
    assert box is not None and box[0] <= 100 and box[2] >= 172
    three = [token("电", 98, 123, y1=40), token("源", 123, 149, y1=40), token("装", 149, 176, y1=40)]
    assert widened(three, ink) is None


def test_only_unknown_and_unsure_words_are_looked_at_for_han():
    read = [token("ЖЄЛ", 0, 90, 30), token("слово", 200, 300, 40, known=True), token("KD-21", 400, 480, 92)]
    assert doubtful(read) == [(0, 0, 90, 30)]


def test_han_takes_the_place_of_what_was_made_of_it():
    read = [token("ЖЄЛ", 0, 90, 30, line=4), token("слово", 200, 300, 90, line=4, known=True)]
    seen = [[token("头", 2, 32), token("盔", 32, 62), token("厂", 62, 90)]]
    out = settled(read, seen, doubtful(read))
    assert sorted(texts(out)) == sorted(["слово", "头", "盔", "厂"]) and {t.line for t in out} == {4}
    assert settled(read, [[token("头", 2, 32, 70)]], doubtful(read)) == read


def test_a_second_reading_counts_only_when_it_has_more_signs():
    first = [token("面", 30, 60), token("控", 60, 90)]
    more = [token("地", 0, 30), *first]
    assert texts(fuller(first, more)) == ["地", "面", "控"]
    assert fuller(more, first) == more


def test_a_run_is_widened_only_over_writing_that_touches_it():
    from assay.read.ocr.mixed import widened

    ink = np.zeros((30, 400), np.uint8)
    ink[1:29, 100:190] = 255
    run = [token("面", 130, 160), token("控", 160, 190)]
    box = widened(run, ink)
    assert box is not None and box[0] <= 101 and box[2] < 200
    ink[:, 100:130] = 0
    assert widened(run, ink) is None
