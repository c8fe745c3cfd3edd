"""Foreign words of a page carry their language, and nothing else of the text changes."""

from __future__ import annotations

import pytest

from assay.publish.tongues import tongues


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "names “林菲尔德 公司” as supplier",
            'names “<span lang="zh" title="Chinese">林菲尔德 公司</span>” as supplier',
        ),
        ("“Договор № 5” of 3 May", '“<span lang="ru" title="Russian">Договор</span> № 5” of 3 May'),
        ("її (Kyiv)", '<span lang="uk" title="Ukrainian">її</span> (Kyiv)'),
        ("<b>плохо</b>", '&lt;b&gt;<span lang="ru" title="Russian">плохо</span>&lt;/b&gt;'),
        ("Contract No. 5 & more", "Contract No. 5 &amp; more"),
    ],
)
def test_runs_are_marked(text, html):
    assert tongues(text) == html


def test_hostile_text_stays_text():
    assert "<script" not in tongues("<script>алерт</script>合同<script>")
