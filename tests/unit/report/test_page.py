"""The whole page: its numbers, its safety with strangers' texts, and that it needs nothing but itself.

Expected numbers are read off the table in conftest.py.
"""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from scslab.engine.settlement import Counts, Settlement
from scslab.ground.problems import Problem
from scslab.ground.text import Text
from scslab.report import build_report, write_report
from scslab.report.page import is_web_address, mark
from scslab.scheme.dated import Dated
from scslab.scheme.model import EventType, Source, SubjectKind, SubjectScope
from unit.report.outline import Outline

EVIL = """</style><script>alert(1)</script><img src=x onerror="alert(2)"> "quoted" 'single' & <b>"""


@pytest.fixture
def page(tiny: Settlement) -> Outline:
    return Outline(build_report(tiny, language="en"))


def read_pictures(html: str) -> list[str]:
    """The SVG texts inside a page."""
    return [
        base64.b64decode(text).decode() for text in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)
    ]


def test_tables_hold_the_numbers(page: Outline) -> None:
    assert page.tables["Tiers on 31 Dec 2022"] == [
        ["Tier", "From score", "Businesses", "Share"],
        ["High", "100", "2", "50.0%"],
        ["Middle", "80", "0", "0.0%"],
        ["Low", "0", "2", "50.0%"],
        ["Total", "", "4", "100%"],
    ]
    assert page.tables["Points by rule"][1:] == [
        ["Bad deeds|bad", "3", "2", "0", "−90", "+60"],
        ["Good deeds|good", "3", "2", "+12", "0", "−7"],
        ["hold", "1", "1", "0", "0", "0"],
    ]
    assert page.tables["Points by source of the event"][1:] == [
        ["court", "2", "1", "0", "−60", "+30"],
        ["not named", "3", "1", "+5", "−30", "+30"],
        ["shop", "2", "1", "+7", "0", "−7"],
    ]
    assert page.tables["Points withheld by caps and bounds"][1:] == [
        ["Good deeds", "own cap", "1", "0", "2"],
        ["Good deeds", "ceiling", "1", "0", "1"],
    ]
    assert page.tables["Year by year"][1:] == [
        ["2021", "4|100.0%", "0|0.0%", "0|0.0%"],
        ["2022", "2|50.0%", "0|0.0%", "2|50.0%"],
    ]
    assert page.tables["Tiers over time"][-1] == ["2022-12-31", "2 (50.0%)", "2 (50.0%)"]
    assert page.tables["Scores over time"][-1] == ["2022-12-31", "74.5", "92.5", "100", "101.2", "104.2"]
    assert page.tables["Scores by Stars"][1][:2] == ["1", "1"]
    assert page.tables["Measures in force"][1][-1] == "2|50.0%"
    assert page.tables["Rows set aside"][1][:2] == ["L008|the attribute is not of the declared type", "2"]
    assert page.tables["Events that posted nothing"][-1] == ["Total", "", "3"]
    assert page.tables["Conditions that could not be decided"][1] == ["Bad deeds", "1"]


def test_numbers_behind_the_histogram(page: Outline) -> None:
    # Scores 70, 100, 100, 105; half a percentile inside the ends is 70.45 to 104.925, 40 bars of 0.86 points become
    # bars of one point from 70 to 105. B is low, C (105, in the last bar) is held at low, A and D are high.
    assert page.tables["Distribution of scores"] == [
        ["Score", "Low", "Middle", "High", "Total"],
        ["70 to below 71", "1", "0", "0", "1"],
        ["100 to below 101", "0", "0", "2", "2"],
        ["104 to below 105", "1", "0", "0", "1"],
    ]
    assert "0 below, 1 above" in page.text


def test_findings(page: Outline) -> None:
    for sentence in (
        "4 businesses were scored from 13 rows of records. 10 events were settled; 7 of them (70.0%) posted",
        "The middle score is 100. Half of all scores lie between 92.5 and 101.2; the lowest is 70, the highest 105.",
        "50.0% stand in the highest tier, “High”; 50.0% (2) in the lowest, “Low”.",
        "From 31 Dec 2021 to 31 Dec 2022, 50.0% stayed in their tier, 0.0% rose and 50.0% fell.",
        "The rule that took most is “Bad deeds”: 90 points, from 2 businesses.",
        "The rule that gave most is “Good deeds”: 12 points, to 2 businesses.",
        "Caps and bounds made 1 entry smaller and withheld 3 points. 3 rows (23.1%) could not be used",
        "Held against “Stars”, the rank correlation is +0.50 (moderate, n = 3).",
        # start 400, +12 - 90 by rules, +53 by lapses
        "all start scores together are 400; with −25 points of change they make 375, the sum of all scores",
        "Rows in = rows used + rows set aside: 13 = 10 + 3.",
        "It scores synthetic people, organisations from the public record, and volunteers",
    ):
        assert sentence in page.text


def test_says_when_it_does_not_add_up(tiny: Settlement) -> None:
    wrong = tiny.standings.with_columns(score=pl.col("score") + 1)
    assert "It does not add up" in build_report(dataclasses.replace(tiny, standings=wrong), language="en")


def test_statements(page: Outline) -> None:
    # A: the second entry says why 5 points by the rule became 2.
    assert page.tables["Entries of A"][2] == [
        "2021-09-01",
        "Good deeds|A good deed · E2 · shop\nthe rule’s cap was reached; the score reached its ceiling",
        "+5",
        "+3",
        "+2",
        "105 → 107",
        "2022-09-01",
    ]
    assert page.tables["Entries of A"][3][1].startswith("Lapse of: Good deeds")
    for sentence in (
        "10 points more would lift it to Middle, which begins at 80.",
        "On 15 May 2023 the entry “Bad deeds” lapses: +30 points, which makes 100 if nothing else happens.",
        "Until 20 Jan 2023 the tier is held at Low; by its score alone it would be High.",
        "Rules that give points: Good deeds (+5).",
        "Measures in force: Public praise.",
        "holds the tier at Low until 20 Jan 2023",
        # A has 100 points, the first of the band: a single point less is in the next.
        "A loss of 1 point would lower it to Middle.",
    ):
        assert sentence in page.text
    # C is held whatever its score: how far 105 points are from other bands would mislead.
    assert "A loss of 6 points" not in page.text


def test_rules_in_plain_words(page: Outline) -> None:
    text = " ".join(page.text.split())
    for sentence in (
        "For: A good deed. Counts for at most 8 points in a calendar year. Lapses after 12 months.",
        "For: A good deed, A bad deed. Only when weight > 3. Lapses after 6 months.",
        "For: A bad deed. Holds the tier at Low or lower for 3 months; the score is left alone.",
        "Source: The law · read in the source",
        "Source: no source given · not verified",
    ):
        assert sentence in text


def make_evil(tiny: Settlement) -> Settlement:
    scheme = tiny.scheme
    rules = tuple(
        dataclasses.replace(rule, title=Text(EVIL, EVIL), note=Text(EVIL), on=rule.on) for rule in scheme.rules
    )
    evil = dataclasses.replace(
        scheme,
        id=EVIL,
        title=Text(EVIL),
        about=Text(EVIL),
        unknown=(Text(EVIL),),
        events={name: EventType(name, {}, Text(EVIL)) for name in scheme.events},
        tiers=tuple(dataclasses.replace(tier, title=Text(EVIL)) for tier in scheme.tiers),
        rules=(*rules[:2], dataclasses.replace(rules[2], id=EVIL, title=Text())),
        sources={
            "law": Source("law", EVIL, "javascript:alert(3)", note=EVIL),
            "web": Source("web", EVIL, 'https://example.org/"><script>alert(4)</script>'),
        },
        measures=tuple(dataclasses.replace(m, title=Text(EVIL), provider=EVIL) for m in scheme.measures),
        yardstick=dataclasses.replace(scheme.yardstick, title=Text(EVIL), note=Text(EVIL))
        if scheme.yardstick
        else None,
    )
    rename = pl.col("rule").cast(pl.String).replace("hold", EVIL)
    entries = tiny.entries.with_columns(rename, event_id=pl.lit(EVIL), source=pl.lit(EVIL))
    return dataclasses.replace(
        tiny,
        scheme=evil,
        entries=entries,
        set_aside=tiny.set_aside.with_columns(column=pl.lit(EVIL), code=pl.lit(EVIL), reason=pl.lit(EVIL)),
        unposted=tiny.unposted.with_columns(type=pl.lit(EVIL), reason=pl.lit(EVIL)),
        notes=(Problem("L1", EVIL, help=EVIL),),
        provenance={EVIL: EVIL},
    )


ALLOWED_TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "section",
        "article",
        "footer",
    ),
    *("input", "label", "div", "p", "h1", "h2", "h3", "h4", "a", "ol", "ul", "li", "dl", "dt", "dd", "span", "strong"),
    *("code", "small", "figure", "figcaption", "picture", "source", "img", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}


def test_escapes_texts_of_strangers(tiny: Settlement) -> None:
    html = build_report(make_evil(tiny))
    outline = Outline(html)
    assert {tag for tag, _ in outline.tags} <= ALLOWED_TAGS
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    # Every text is still there to be read: title, rules, tiers, sources, reasons, provenance.
    assert outline.text.count("<script>alert(1)</script>") > 30
    for svg in read_pictures(html):
        assert "<script" not in svg.lower()


def test_needs_nothing_but_itself(tiny: Settlement) -> None:
    html = build_report(make_evil(tiny))
    for tag, attributes in Outline(html).tags:
        for name in ("src", "srcset", "data", "action", "poster"):
            assert (attributes.get(name) or "data:image/svg+xml;base64,").startswith("data:image/svg+xml;base64,")
        href = attributes.get("href")
        if tag == "link":
            assert href == "data:,"
        elif href is not None and not href.startswith("#"):
            assert is_web_address(href)
            assert "noopener" in (attributes["rel"] or "")
    style = unescape(html.split("<style>")[1].split("</style>")[0])
    assert "url(" not in style
    assert "@import" not in style
    policies = [a["content"] for tag, a in Outline(html).tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for svg in read_pictures(html):
        names = {name for _, attributes in Outline(svg).tags for name in attributes}
        assert not names & {"href", "xlink:href", "src"}
        assert not re.search(r"url\((?!#)", svg)


def test_links_lead_somewhere(tiny: Settlement) -> None:
    tags = Outline(build_report(tiny)).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for tag, a in tags if tag == "a" and (a["href"] or "").startswith("#")]
    assert links
    assert {(link or "")[1:] for link in links} <= set(ids)


def test_charts_have_words_and_numbers(tiny: Settlement) -> None:
    html = build_report(tiny, language="en")
    images = [attributes for tag, attributes in Outline(html).tags if tag == "img"]
    assert images
    assert all(len(image["alt"] or "") > 20 for image in images)
    # Six charts with a table each: scores, tiers over time, scores over time, flows, rules, sources, cuts, yardstick.
    assert html.count("<summary>The numbers behind this chart</summary>") == 8
    assert "Bad deeds: −90. Good deeds: +12." in html


def test_names_no_person(tiny: Settlement) -> None:
    secret = {"A": "Wang-1", "B": "Wang-2", "C": "Wang-3", "D": "Wang-4"}
    hide = pl.col("subject_id").replace(secret)
    people = dataclasses.replace(
        tiny,
        scheme=dataclasses.replace(tiny.scheme, subjects=SubjectScope((SubjectKind.RESIDENT,), 18)),
        standings=tiny.standings.with_columns(hide),
        entries=tiny.entries.with_columns(hide, event_id="event of " + hide, source=pl.lit("police")),
        unposted=tiny.unposted.with_columns(hide, event_id="event of " + hide),
        measures=tiny.measures.with_columns(hide),
        set_aside=tiny.set_aside.with_columns(hide, reason=pl.lit("no such person as `Wang-9`")),
        notes=(Problem("L1", "column `zip` was not used for `Wang-2`"),),
        subjects=None,
    )
    html = build_report(people)
    assert "Wang" not in html
    assert not [svg for svg in read_pictures(html) if "Wang" in svg]
    assert "Subject 1" in html
    assert "shown under neutral labels" in html
    assert "Residents aged 18 and over" in html
    # Organisations of the public record keep their opaque ids.
    assert "Entries of A" in build_report(tiny, language="en")


def test_languages(tiny: Settlement) -> None:
    english, chinese, both = (build_report(tiny, language=language) for language in ("en", "zh", "both"))
    assert ("In one minute" in english, "一分钟读懂" in english) == (True, False)
    assert ("In one minute" in chinese, "一分钟读懂" in chinese) == (False, True)
    assert "In one minute" in both
    assert "一分钟读懂" in both
    assert '<html lang="zh-Hans">' in chinese
    assert [a["id"] for tag, a in Outline(both).tags if tag == "input"] == ["read-en", "read-zh"]
    assert not [tag for tag, _ in Outline(english).tags if tag == "input"]
    # The same numbers in both: 90 points taken, as the scheme calls the rule in each language.
    assert "扣分最多的规则是「做坏事」" in Outline(chinese).text
    with pytest.raises(ValueError, match="`fr` is not a language"):
        build_report(tiny, language="fr")  # type: ignore[arg-type]


def test_a_sample_says_so_first(tiny: Settlement) -> None:
    note = Problem("R041", "the report shows 4 of 4,000 subjects")
    page = Outline(build_report(dataclasses.replace(tiny, notes=(note,)), language="en"))
    assert 0 < page.text.index("the report shows 4 of 4,000 subjects") < page.text.index("businesses scored")


def test_leaves_out_whole_files(page: Outline) -> None:
    assert ["versions.scslab", "0.1.0"] in page.tables["Digests, versions and command"]
    assert "NOT IN THE REPORT" not in page.text


def test_writes_a_file_or_nothing(tiny: Settlement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.html"
    write_report(tiny, target, language="en")
    assert target.read_text(encoding="utf-8") == build_report(tiny, language="en")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(tiny, tmp_path / "other.html", language="en")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def without_entries(s: Settlement) -> Settlement:
    standings = s.standings.with_columns(score=pl.col("start"), entries=pl.lit(0))
    return dataclasses.replace(s, standings=standings, entries=s.entries.clear())


def without_subjects(s: Settlement) -> Settlement:
    nothing = Counts(0, 0, 0, 0, 0, 0, {}, {}, 0, 0, 0, 0, 0)
    tables = {name: getattr(s, name).clear() for name in ("standings", "entries", "unposted", "measures", "set_aside")}
    return dataclasses.replace(s, **tables, counts=nothing, subjects=None)


def without_tiers(s: Settlement) -> Settlement:
    nothing = {name: pl.lit(None, pl.String) for name in ("tier", "tier_by_score", "published_tier")}
    scheme = dataclasses.replace(s.scheme, tiers=(), measures=(), rules=s.scheme.rules[:2])
    return dataclasses.replace(s, scheme=scheme, standings=s.standings.with_columns(**nothing))


def with_decimals(s: Settlement) -> Settlement:
    kind = pl.Decimal(18, 2)
    points = ("nominal", "granted", "effective", "score_before", "score_after")
    standings = s.standings.with_columns(pl.col("score", "start", "published_score").cast(kind))
    score = dataclasses.replace(s.scheme.score, decimals=2)
    scheme = dataclasses.replace(s.scheme, score=score)
    return dataclasses.replace(
        s, scheme=scheme, standings=standings, entries=s.entries.with_columns(pl.col(points).cast(kind))
    )


def below_all(s: Settlement) -> Settlement:
    scheme = dataclasses.replace(s.scheme, tiers=s.scheme.tiers[1:], rules=s.scheme.rules[:2])
    names = {name: pl.col(name).cast(pl.String).replace("low", None) for name in ("tier", "tier_by_score")}
    return dataclasses.replace(s, scheme=scheme, standings=s.standings.with_columns(**names))


def unpublished(s: Settlement) -> Settlement:
    from scslab.ground.dates import Calendar

    score = dataclasses.replace(s.scheme.score, published=Calendar.YEAR)
    return dataclasses.replace(s, scheme=dataclasses.replace(s.scheme, score=score), published_on=None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_entries, "No rule gave any points."),
        (without_entries, "No cap and no bound changed any entry."),
        (without_subjects, "There is no subject to show."),
        (without_subjects, "No row was set aside."),
        (without_tiers, "colours"),
        (with_decimals, "The middle score is 100.00."),
        (with_decimals, "90.00 points, from 2 businesses"),
        (below_all, "2 businesses (50.0%) stand below the lowest tier."),
        (unpublished, "Nothing has been published yet."),
    ],
)
def test_unusual_settlements(tiny: Settlement, change: Callable[[Settlement], Settlement], sentence: str) -> None:
    # Each has a report all the same; the sentences follow from what was taken away.
    text = Outline(build_report(change(tiny), language="en")).text
    assert (sentence in text) == (sentence != "colours")


def test_yearly_restarts_add_up(tiny: Settlement) -> None:
    # B restarts on 1 January 2023 at 100: +30 not by any rule, so that 400 + 12 - 90 + 53 + 30 = 405 is the sum.
    last = tiny.entries.filter((pl.col("subject_id") == "B") & (pl.col("seq") == 3))
    restart = last.with_columns(
        seq=pl.lit(4, pl.Int64),
        posted_on=pl.lit(date(2023, 1, 1)),
        kind=pl.lit("restart").cast(tiny.entries.schema["kind"]),
        event_id=pl.lit(None, pl.String),
        type=pl.lit(None, pl.String),
        rule=pl.lit(None, tiny.entries.schema["rule"]),
        **{name: pl.lit(30, pl.Int64) for name in ("nominal", "granted", "effective")},
        score_before=pl.lit(70, pl.Int64),
        score_after=pl.lit(100, pl.Int64),
        lapses_on=pl.lit(None, pl.Date),
    )
    score = dataclasses.replace(tiny.scheme.score, is_yearly_restart=True, start=Dated.constant(Decimal(100)))
    standings = tiny.standings.with_columns(score=pl.Series([100, 100, 105, 100]))
    yearly = dataclasses.replace(
        tiny,
        scheme=dataclasses.replace(tiny.scheme, score=score),
        as_of=date(2023, 1, 2),
        standings=standings,
        entries=pl.concat([tiny.entries, restart]).sort("subject_id", "seq"),
    )
    text = Outline(build_report(yearly, language="en")).text
    assert "lapses then changed scores by +53 points, yearly restarts by +30" in text
    assert "with +5 points of change they make 405, the sum of all scores" in text
    assert "Yearly restart" in text


def test_marks_only_after_escaping() -> None:
    assert mark("`<i>` **2 < 3** <u>") == "<code>&lt;i&gt;</code> <strong>2 &lt; 3</strong> &lt;u&gt;"
