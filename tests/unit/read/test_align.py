"""Two readings of a page beside each other: what stayed, and where places went."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.read.align import Alignment, stretches, tokens

WORDS = st.lists(st.sampled_from(["Договор", "№", "37", "ед.", "合", "同", "a", "b", "\n", "\t"]), max_size=30)


@settings(deadline=None)  # the first example waits for the machine
@given(WORDS, WORDS)
def test_stretches_cover_both_sides_in_order_and_say_the_truth(old, new):
    found = stretches(old, new)
    assert [x for p in found for x in old[p.a : p.b]] == old
    assert [x for p in found for x in new[p.c : p.d]] == new
    assert all((old[p.a : p.b] == new[p.c : p.d]) == p.same for p in found)
    assert all(one.same != other.same for one, other in pairwise(found))


@given(WORDS, WORDS)
def test_places_keep_their_order_and_kept_words_say_the_same(old, new):
    one, other = " ".join(old), " ".join(new)
    laid = Alignment(one, other)
    starts = [laid.start(p) for p in range(len(one) + 1)]
    assert starts == sorted(starts)
    assert all(0 <= laid.start(p) <= laid.end(p) <= len(other) for p in range(len(one) + 1))
    for token, now in laid.kept():
        assert other[now : now + len(token.text)] == token.text
        assert laid.start(token.start) <= now
        assert laid.end(token.end) >= now + len(token.text)


def test_han_is_cut_into_characters_and_other_scripts_into_words():
    assert [t.text for t in tokens("合同No. 7/А, 三十七辆")] == ["合", "同", "No.", "7/А,", "三", "十", "七", "辆"]


def test_a_cell_that_changed_keeps_its_borders():
    old, new = "1\tKite\t12\t100.00\n2\tPlover\t7\t90.00", "1\tKite\t12\t100.00\n2\tPlover\t71\t90.00"
    laid = Alignment(old, new)
    at = old.index("7\t90")
    assert new[laid.start(at) : laid.end(at + 1)] == "71"
    at = old.index("90.00")
    assert new[laid.start(at) : laid.end(at + 5)] == "90.00"


def test_two_long_texts_are_laid_beside_each_other_in_a_moment():
    old = " ".join(f"word{n % 700}" for n in range(20_000))
    new = old.replace("word13 ", "w0rd13 ")
    laid = Alignment(old, new)
    assert sum(1 for _ in laid.kept()) == 20_000 - old.count("word13 ")
