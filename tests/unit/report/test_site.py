"""The catalogue's site: what it says of a scheme, that its links lead somewhere, and that it is safe with any file.

Expected numbers are read off tests/unit/scheme/data/{full,lists,index}.yaml by hand.
"""

from __future__ import annotations

import base64
import dataclasses
import posixpath
import re
from datetime import date
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.ground.text import Text
from scslab.report.phrases_conditions import say_expression, say_state, say_way
from scslab.report.phrases_lists import say_longer, say_repair, say_ways_out
from scslab.report.rendering import is_web_address
from scslab.report.site import build_site, write_site
from scslab.report.site.flow import trace_flow
from scslab.report.site.scale import build_scale
from scslab.report.site.sure import count_sure
from scslab.report.site.versions import list_changes
from scslab.report.words import Words
from scslab.scheme.case_model import Case
from scslab.scheme.cases import read_cases
from scslab.scheme.catalogue import find_scheme, find_scheme_file
from scslab.scheme.model import Confidence, Scheme
from scslab.scheme.reader import read_scheme
from unit.report.outline import Outline
from unit.report.test_page import ALLOWED_TAGS, EVIL

DATA = Path(__file__).parents[1] / "scheme" / "data"
Site = dict[str, str]


def read(name: str) -> Scheme:
    return read_scheme(DATA / f"{name}.yaml")


def make(*schemes: Scheme, cases: tuple[Case, ...] = ()) -> Site:
    return dict(build_site([(scheme, cases) for scheme in schemes]))


@pytest.fixture(scope="module")
def site() -> Site:
    return make(read("full"), read("lists"), read("index"))


def page(site: Site, name: str) -> Outline:
    return Outline(site[f"schemes/{name}.html"])


def pictures(html: str) -> str:
    found = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)
    return "\n".join(base64.b64decode(text).decode() for text in found)


def test_files_of_a_site(site: Site) -> None:
    names = [f"schemes/{name}" for name in ("full-example", "lists-example", "index-example")]
    pages = [*names, "index", "compare"]
    expected = {f"{name}{end}" for name in pages for end in (".html", ".zh.html")}
    assert set(site) == expected | {f"{name}{end}" for name in names for end in (".yaml", ".yaml.html")}
    assert site["schemes/full-example.yaml"] == (DATA / "full.yaml").read_text(encoding="utf-8")


def test_rules_as_a_table(site: Site) -> None:
    tables = page(site, "full-example").tables
    # Of the points rules only `blood` and `money` give; `blood` stands in line 39 of the file.
    assert tables["What gives points"][0] == ["What for", "Points", "At most", "Counts for", "Source", "File"]
    assert tables["What gives points"][1] == [
        "Blood donation|A note.",
        "+5.0 points",
        "20.0 in a calendar year; shared cap giving",
        "24 months",
        "read in the source|Standard of points",
        "line 39",
    ]
    assert tables["What takes points"][1][:2] == [
        "breach|Applies to: contract.breach. Only when: amount ≥ 10,000 and age in years ≥ 18 and kind is “loan”.",
        "−20.0 points from 1 Jan 2014−30.0 points from 1 Jun 2019",
    ]
    assert (
        tables["What takes points"][1][2]
        == "Repeats within 12 months: no. 1 counts ×1, no. 2 counts ×2, no. 3 and later ×3.5."
    )
    assert tables["What gives or takes by formula, or moves the tier"][1][1] == "= 0.5 × hours"
    assert tables["Caps that several rules share"][1] == [
        "giving",
        "25.0 in a calendar quarter",
        "Blood donation, shift",
        "line 57",
    ]


def test_how_sure() -> None:
    # Read: blood, tier C, rail. Reported: tier A+. All others name no source, one without a confidence, or say so.
    counts = {Confidence.READ: 3, Confidence.REPORTED: 1, Confidence.UNVERIFIED: 6, Confidence.ASSUMED: 0}
    assert count_sure(read("full")) == counts


def test_shares_stand_on_the_page(site: Site) -> None:
    text = page(site, "full-example").text
    assert "How sure the 10 statements of this file are" in text
    assert "30.0% read in the source (3)" in text
    assert "laboratory assumed" not in text


def test_assumptions_never_look_like_facts() -> None:
    scheme = read("full")
    rules = tuple(
        dataclasses.replace(rule, confidence=Confidence.ASSUMED) if rule.id == "blood" else rule
        for rule in scheme.rules
    )
    html = make(dataclasses.replace(scheme, rules=rules))["schemes/full-example.html"]
    outline = Outline(html)
    assert "These are no facts." in outline.text
    assert "Rule: “Blood donation”" in outline.text
    assert [a.get("class") for tag, a in outline.tags if tag == "tr" and a.get("class") == "assumed"] == ["assumed"]
    assert html.count('class="chip sure-assumed"') == 1


def test_changes_over_time() -> None:
    words = Words("en", read("full"))
    found = [(str(c.day), c.what, c.before, c.after) for c in list_changes(words.scheme, words)]
    assert found == [
        ("2014-01-01", "The scheme comes into force", "", ""),
        ("2014-01-01", "Ceiling", "", "1,300.0"),
        ("2014-01-01", "Where tier Model begins", "", "1,030.0"),
        ("2014-01-01", "Points of “breach”", "", "−20.0"),
        ("2014-01-01", "Cap of “shift”", "", "10.0"),
        ("2016-01-01", "Cap of “shift”", "10.0", "12.0"),
        ("2019-06-01", "Where tier Model begins", "1,030.0", "1,050.5"),
        ("2019-06-01", "Points of “breach”", "−20.0", "−30.0"),
        ("2020-01-01", "Ceiling", "1,300.0", "1,500.5"),
        ("2030-12-31", "The last day of the scheme", "", ""),
    ]


def test_scale_ends_where_the_score_does() -> None:
    words = Words("en", read("full"))
    scale = build_scale(words.scheme, words)
    assert scale is not None
    assert [(band.tier, band.low, band.high, band.label) for band in scale.bands] == [
        ("D", 0.0, 600.0, "0.0 to below 600.0"),
        ("C", 600.0, 1050.5, "600.0 to below 1,050.5"),
        ("A+", 1050.5, 1500.5, "1,050.5 to 1,500.5"),
    ]
    assert (scale.start, scale.is_open_below, scale.is_open_above) == (1000.0, False, False)


def test_a_floor_that_stands_for_none_is_an_open_end() -> None:
    # Rongcheng's D begins at -10000 because a tier needs a lower end; the next tiers begin at 600, 850, ... 1050.
    words = Words("en", find_scheme("rongcheng"))
    scale = build_scale(words.scheme, words)
    assert scale is not None
    assert (scale.is_open_below, scale.is_open_above) == (True, True)
    assert scale.bands[0].label == "below 600"
    assert scale.bands[0].low > 0


def test_flow_of_data() -> None:
    scheme = read("lists")
    ways = set(trace_flow(scheme, Words("en", scheme)).ways)
    assert ways == {
        # rules; tax.paid also reads the list, score and tier of `bank`
        *(
            (name, "score")
            for name in ("events:tax", "events:court", "events:course", "scheme:bank", "scheme:old-lists")
        ),
        ("score", "tiers"),
        # requires of tier A
        ("list:defaulters", "tiers"),
        # the ways in and out, extensions and repairs of `defaulters`, then of `honest`
        *((name, "list:defaulters") for name in ("events:court", "events:tax", "scheme:ministry", "tiers")),
        *((name, "list:honest") for name in ("tiers", "list:defaulters")),
        ("list:defaulters", "domain:travel"),
        *((name, "domain:taxation") for name in ("tiers", "list:honest", "scheme:bank")),
    }


def test_clauses_in_words() -> None:
    scheme = read("lists")
    en, zh = Words("en", scheme), Words("zh", scheme)
    defaulters = scheme.lists[0]
    assert [say_way(way, en) for way in defaulters.enter] == [
        "court.default, where ground > 1".replace("court.default", "`court.default`"),
        "score below 20",
        "2 to 9 of these: `tax.evaded`, `tax.paid`, where amount > 5, within 12 months",
        "on the list “dishonest@ministry”, known 7 days later",
    ]
    assert say_ways_out(defaulters, en)[1] == "24 months after getting on it"
    assert say_longer(defaulters, en) == (
        "`court.obstructed`, where times > 1: stays 12 months longer, up to 60 months in all",
        "Getting on it again begins the term anew.",
    )
    assert say_state(scheme.measures[0].when, zh) == "列入「失信被执行人」"
    assert say_repair(scheme.repairs[0], en) == (
        "Gives back 50% of the points that the latest entry of “late”, “default” took.",
        "Not earlier than 3 months after it.",
        "At most 2 times in a calendar year.",
    )
    condition = scheme.rules[3].when
    assert condition is not None
    assert say_expression(condition, en) == (
        "on the list “red” of “bank” and score under “bank” > 600 and tier under “bank” is one of “A”, “AA”"
    )


def test_brackets_stand_where_they_matter() -> None:
    text = (
        "{scheme: s, title: S, operator: {kind: research, name: L}, subjects: {kind: resident}, score: {start: 0}, "
        "events: {e: {a: number, b: "
        "text}}, rules: [{id: r, on: e, points: (a + 1) * 2 - abs(a), when: (a > 1 or not b = 'x') and b is not null}]}"
    )
    scheme = read_scheme(text)
    rule, words = scheme.rules[0], Words("en", scheme)
    assert rule.when is not None
    assert rule.formula is not None
    assert say_expression(rule.when, words) == "(a > 1 or not: b is “x”) and b is known"
    assert say_expression(rule.formula, words) == "(a + 1) × 2 − abs(a)"


def test_an_index_shows_its_weights(site: Site) -> None:
    # The latest weights are 0.5 and 0.5, the latest range 350 to 850: 250 points each.
    html = site["schemes/index-example.html"]
    assert pictures(html).count("50% = 250 points") == 4  # two dimensions, for a desk and for a phone
    rows = Outline(html).tables["The indicators"]
    assert len(rows) == 1 + 7
    assert rows[2][:3] == [
        "late|History, 50%",
        "How many: repayment.late, where days late > 30, within 12 months",
        "0 → 100%, 3 → 0%",
    ]


def test_worked_examples() -> None:
    scheme = find_scheme("food-safety")
    cases = read_cases(find_scheme_file("food-safety").with_name("cases.yaml"), scheme)
    outline = Outline(make(scheme, cases=cases)["schemes/food-safety.html"])
    assert cases[0].why.strip() in outline.text
    assert f"What happened: {cases[0].name}" in outline.tables
    # The first four are open, all others folded away, none is lost.
    assert f"{len(cases) - 4} more examples" in outline.text
    assert sum(caption.startswith("What happened: ") for caption in outline.tables) == len(cases)


def test_comparison(site: Site) -> None:
    tables = Outline(site["compare.html"]).tables
    assert tables["Which scheme touches which part of life"][1:] == [
        ["Full example|完整示例", "1", "1", "travel, utilities"],
        ["Lists|名单", "1", "1", "travel, taxation"],
    ]
    back = {row[0].split("|")[0]: row[1:5] for row in tables["Ways back"][1:]}
    assert back["Lists"] == ["automatic", "yes (60 days)", "yes (3)", "Defaulters"]
    assert back["Full example"] == ["voluntary", *["none in the file"] * 3]


def test_every_link_leads_somewhere(site: Site) -> None:
    outlines = {path: Outline(text) for path, text in site.items() if path.endswith(".html")}
    ids = {path: [a["id"] for _, a in outline.tags if "id" in a] for path, outline in outlines.items()}
    assert [path for path, found in ids.items() if len(found) != len(set(found))] == []
    seen = 0
    for path, outline in outlines.items():
        for tag, attributes in outline.tags:
            href = attributes.get("href")
            if tag not in ("a", "link") or href is None or is_web_address(href) or href == "data:,":
                continue
            target, _, anchor = href.partition("#")
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            assert to in site, (path, href)
            assert not anchor or anchor in ids[to], (path, href)
            seen += 1
    assert seen > 200


def test_needs_no_script_and_no_network(site: Site) -> None:
    for path, html in site.items():
        if not path.endswith(".html"):
            continue
        outline = Outline(html)
        assert {tag for tag, _ in outline.tags} <= ALLOWED_TAGS | {"pre", "h5"}
        policy = [a["content"] for _, a in outline.tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
        style = html.split("<style>")[1].split("</style>")[0]
        assert "url(" not in style
        assert "@import" not in style
        images = [a for tag, a in outline.tags if tag == "img"]
        assert all((image["src"] or "").startswith("data:image/svg+xml;base64,") for image in images)
        assert all(len(image["alt"] or "") > 8 for image in images)
        levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1


def test_is_safe_with_any_text() -> None:
    scheme = read("lists")
    evil = dataclasses.replace(
        scheme,
        title=Text(EVIL, EVIL),
        about=Text(EVIL),
        text=EVIL,
        unknown=(Text(EVIL),),
        rules=tuple(dataclasses.replace(rule, title=Text(EVIL), note=Text(EVIL)) for rule in scheme.rules),
        lists=tuple(dataclasses.replace(each, title=Text(EVIL)) for each in scheme.lists),
        measures=tuple(dataclasses.replace(each, title=Text(EVIL), provider=EVIL) for each in scheme.measures),
        events={name: dataclasses.replace(event, title=Text(EVIL)) for name, event in scheme.events.items()},
        tiers=tuple(dataclasses.replace(tier, title=Text(EVIL)) for tier in scheme.tiers),
    )
    for path, html in make(evil).items():
        if path.endswith(".html"):
            outline = Outline(html)
            assert {tag for tag, _ in outline.tags} <= ALLOWED_TAGS | {"pre", "h5"}
            assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
            drawn = pictures(html)
            assert "<script" not in drawn
            assert "<img" not in drawn


def test_languages(site: Site) -> None:
    chinese = site["schemes/lists-example.zh.html"]
    assert '<html lang="zh-Hans">' in chinese
    text = Outline(chinese).text
    for words in ("名单及其列入与移出", "须在记分或列入后 60 天 内提出异议。", "等级标尺"):
        assert words in text
    assert "Ways in" not in text


def test_writes_a_site_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schemes = [(read("full"), ())]
    folder = tmp_path / "site"
    assert write_site(schemes, folder) == 2 * 3 + 2
    (folder / "old.txt").write_text("of the site before", encoding="utf-8")
    write_site(schemes, folder)
    assert not (folder / "old.txt").exists()
    other = tmp_path / "mine"
    other.mkdir()
    (other / "index.html").write_text("my own page", encoding="utf-8")
    with pytest.raises(ProblemsError, match="R060"):
        write_site(schemes, other)
    with pytest.raises(ProblemsError, match="R061"):
        write_site([*schemes, *schemes], tmp_path / "twice")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        write_site(schemes, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "site"]


def test_years_in_words() -> None:
    words = Words("en", read("full"))
    assert words.scheme.in_force.since == date(2014, 1, 1)
    assert "2014–2030" in Outline(make(words.scheme)["index.html"]).text


def test_a_list_reads_what_its_conditions_read() -> None:
    # The class D list of the exchange listens to an event whose condition asks the tax ratings for a tier.
    scheme = read_scheme(
        "{scheme: s, title: S, operator: {kind: government, name: L}, subjects: {kind: business}, "
        "events: {passed_on: {}}, lists: [{id: d, kind: blacklist, "
        "enter: [{on: passed_on, when: tier_of('tax') = 'D'}]}]}"
    )
    ways = set(trace_flow(scheme, Words("en", scheme)).ways)
    assert ways == {("events:passed_on", "list:d"), ("scheme:tax", "list:d")}
