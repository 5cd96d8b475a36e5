"""The pages of a society say what the tables say, in both languages, without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import polars as pl
import pytest

from scslab.report.society import build_experiment_report, build_society_report
from scslab.report.society.experiment_facts import format_measure, gather_experiment_facts
from scslab.report.society.facts import gather_society_facts
from scslab.report.society.life_words import tell_steps
from scslab.report.society.say import Say, read_society_words
from scslab.report.society.sections_errors import build_errors
from scslab.report.society.sections_groups import build_groups
from scslab.report.society.sections_start import build_minute
from scslab.society.experiment.paired import compare_pairs
from scslab.society.experiment.results import Effects
from scslab.society.mechanics.barriers import read_barriers
from scslab.society.outcomes.approval import ANSWERS
from scslab.society.outcomes.false_entries import ENDS, list_false_entries
from scslab.society.outcomes.life import KINDS, find_records, trace_life
from scslab.society.outcomes.mobility import summarise_stays
from scslab.society.population.profile import list_profiles, read_profile
from scslab.society.population.traits import NAMES
from scslab.society.simulation import Simulated
from unit.report.outline import Outline


@pytest.fixture(scope="module")
def page(contested: Simulated) -> str:
    return build_society_report(contested, ("en",))


def test_words_fill_the_same_places_in_both_languages() -> None:
    for key, texts in read_society_words().items():
        assert set(texts) == {"en", "zh"}, key
        names = [{name for _, name, _, _ in Formatter().parse(text) if name is not None} for text in texts.values()]
        assert names[0] == names[1], key


def test_everything_has_a_word() -> None:
    words = read_society_words()
    for barrier in read_barriers():
        assert f"barrier.{barrier.id}" in words
    for name in list_profiles():
        for dimension, categories in read_profile(name).dimensions.items():
            assert f"dim.{dimension}" in words
            # Ages are numbers and need no words.
            assert dimension == "age" or all(f"cat.{dimension}.{each}" in words for each in categories)
    for kind in KINDS:
        assert f"step.{kind}" in words or kind == "tier"
    for key in (*(f"answer.{each}" for each in ANSWERS), *(f"end.{each}" for each in ENDS)):
        assert key in words
    assert all(f"trait.{name}" in words for name in NAMES)


def test_the_page_needs_nothing_and_runs_nothing(page: str) -> None:
    tags = [tag for tag, _ in Outline(page).tags]
    assert "script" not in tags
    sources = [attributes.get("src") for tag, attributes in Outline(page).tags if tag == "img"]
    assert len(sources) >= 10
    assert all(source is not None and source.startswith("data:image/svg+xml;base64,") for source in sources)
    alts = [attributes.get("alt") for tag, attributes in Outline(page).tags if tag == "img"]
    assert all(alts)
    assert "Contested &lt;b&gt;score&lt;/b&gt;" in page  # a stranger's file is escaped
    assert "<b>score" not in page


def test_the_numbers_are_those_of_the_tables(page: str, contested: Simulated) -> None:
    tables = Outline(page).tables
    last = contested.months.row(-1, named=True)
    assert tables["Adoption over time"][-1][:3] == ["December 2021", f"{last['aware'] / 3:.1f}%", "100.0%"]
    false = list_false_entries(contested)
    ends = {row[0]: int(row[1]) for row in tables["How false entries end"][1:]}
    assert ends["taken back after an objection"] == false.filter(pl.col("end") == "upheld").height
    assert ends["lapsed"] == false.filter(pl.col("end") == "lapsed").height
    assert sum(ends.values()) == false.height
    stays = {row["tier"]: row["stays"] for row in summarise_stays(contested).iter_rows(named=True)}
    shown = {row[0]: int(row[1]) for row in tables["How long a stay in a tier lasts"][1:]}
    assert shown == {"B": stays["B"], "Good": stays["A"]} | ({"no tier yet": stays[""]} if "" in stays else {})
    groups = {row[0]: row for row in tables["All groups"][1:]}
    assert int(groups["Gender: women"][1]) + int(groups["Gender: men"][1]) == 300
    assert tables["Times on lists"][1][0] == "Blacklist"
    moves = tables["From year to year"]
    counted = sum(int(cell.split(" ")[0].replace(",", "")) for row in moves[1:] for cell in row[1:] if cell != "–")
    assert counted == 300  # one pair of years


def test_the_top_says_what_cannot_be_concluded(page: str) -> None:
    text = Outline(page).text
    at = [text.index(words) for words in ("The people are synthetic.", "What cannot be concluded", "In one minute\n")]
    assert text.count("objection.false") >= 1  # what was set by hand is named
    assert at[0] < at[1]


def test_chinese_has_no_english_left(contested: Simulated) -> None:
    html = build_society_report(contested, ("zh",))
    text = Outline(html).text.partition("驱动机制\n")[0]
    words = set(re.findall(r"[A-Za-z]{4,}", text))
    known = {
        "scslab",
        "awareness",
        "Logit",
        "Kaplan",
        "Meier",
        "replicates",
        "life",
        "help",
        "given",
        "objection",
        "false",
        "true",
    }
    assert words - known <= {"observation", "rate", "behaviour", "rare"}


def test_a_life_in_words(contested: Simulated) -> None:
    wrong = list_false_entries(contested).filter(pl.col("end") == "upheld").row(0, named=True)
    life = trace_life(find_records(contested, wrong["resident"]), wrong["resident"])
    told = tell_steps(life, Say("en", contested.scheme))
    texts = [step.text for step in told]
    assert texts[0] == "**Is enrolled**, without being asked." or told[0].when == "January 2020"
    falsely = next(step for step in told if step.text.startswith("**Recorded wrongly**: A fine. It never happened"))
    assert (falsely.points, falsely.sign) == ("−5", -1)
    assert any("The objection is **upheld**: Fine (which never happened)" in text for text in texts)
    chinese = [step.text for step in tell_steps(life, Say("zh", contested.scheme))]
    assert any("错误记录" in text and "一次罚款" in text for text in chinese)
    assert len(chinese) == len(texts)


def test_effects_are_those_of_the_experiment(compared: Effects) -> None:
    html = build_experiment_report(compared, ("en",))
    outline, facts = Outline(html), gather_experiment_facts(compared)
    assert "script" not in [tag for tag, _ in outline.tags]
    effect = facts.find_effect("campaign", "taking_part")
    assert effect is not None
    # The difference, from the outcomes themselves.
    ends = compared.outcomes.filter((pl.col("measure") == "taking_part") & (pl.col("month") == facts.last))
    means = dict(ends.group_by("scenario").agg(pl.col("value").mean()).iter_rows())
    difference = 100 * (means["campaign"] - means["baseline"])
    say = Say("en", compared.experiment.base.scheme)
    assert format_measure(effect["difference"], "taking_part", say, is_signed=True) == f"+{difference:.2f}"
    rows = {(row[0], row[1]): row for row in outline.tables["All measures at the end"][1:]}
    row = rows["Take part", "Campaign"]
    assert row[2:5] == [f"{100 * means['baseline']:.2f}", f"{100 * means['campaign']:.2f}", f"+{difference:.2f}"]
    assert "Half as many false entries." in outline.text
    changes = outline.tables["Which numbers, and why: Campaign"]
    assert [row[:2] for row in changes[1:]] == [["awareness.p", "times 3"]]


def test_groups_are_told_apart_only_beyond_luck(contested: Simulated) -> None:
    facts = gather_society_facts(contested)
    tested = facts.between.filter(pl.col("p").is_not_null())
    assert tested.height >= 8
    for is_found in (False, True):
        is_age = (pl.col("dimension") == "gender") & (pl.col("of") == "score")
        between = facts.between.with_columns((is_age & pl.lit(is_found)).alias("is_beyond_luck"))
        told = replace(facts, between=between)
        for language, none, found in (
            ("en", "No group's mean score differs", "Beyond luck, mean scores differ most by gender: "),
            ("zh", "没有任何群体的平均分", "平均分差异最大的维度是性别"),
        ):
            text = str([build(told, Say(language, contested.scheme)) for build in (build_minute, build_groups)])
            assert (found in text) == is_found
            assert (none in text) != is_found
            assert "{" not in text.replace("{'", "").replace("{}", "")
    # The two means of the sentence are those of the table.
    means = sorted(facts.groups.filter(pl.col("dimension") == "gender")["score"].to_list())
    assert f"differ most by gender: {means[1] - means[0]:.1f} points" in str(
        build_minute(told, Say("en", contested.scheme))
    )


def test_many_false_records_are_explained(contested: Simulated) -> None:
    # Half an entry per person and year is put in by hand here: most records of bad conduct are false.
    text = str(build_errors(gather_society_facts(contested), Say("en", contested.scheme)))
    negative = contested.recorded.filter(pl.col("type") == "fine.paid")["event_id"]
    kinds = contested.causes.filter(pl.col("event_id").is_in(negative.implode()))["kind"].to_list()
    share = kinds.count("false") / (kinds.count("false") + kinds.count("true"))
    assert share > 0.2
    assert f"So many of the records of bad conduct are false ({100 * share:.1f}%)" in text
    assert "`observation.false_rate` = 0.5" in text
    under_way = sum(contested.months["false_entries"]) - list_false_entries(contested).height
    assert under_way > 0
    assert f"{under_way} more were made in this run" in text
    is_false = pl.col("kind").cast(pl.String) == "false"
    few = contested.causes.with_columns(
        pl.when(is_false & (is_false.cum_sum() > 5))
        .then(pl.lit("true"))
        .otherwise(pl.col("kind").cast(pl.String))
        .alias("kind")
    )
    rare = replace(contested, causes=few)
    assert "So many of the records" not in str(build_errors(gather_society_facts(rare), Say("en", contested.scheme)))


def test_pairs_are_told_where_some_are_missing(compared: Effects) -> None:
    some = compared.outcomes.filter(
        ~((pl.col("scenario") == "campaign") & (pl.col("replicate") == 1) & (pl.col("measure") == "taking_part"))
    )
    less = replace(compared, outcomes=some, effects=compare_pairs(some, "baseline"))
    rows = Outline(build_experiment_report(less, ("en",))).tables["All measures at the end"][1:]
    assert ["Take part (2 of 3 pairs)", "Campaign"] in [row[:2] for row in rows]
    assert "Take part" not in [row[0] for row in rows if row[1] == "Campaign"]
    assert "Would join if asked" in [row[0] for row in rows if row[1] == "Campaign"]  # that one has all three
    assert "（3对中的2对）" in build_experiment_report(less, ("zh",))


def test_one_replicate_has_no_intervals(compared: Effects) -> None:
    outcomes = compared.outcomes.filter(pl.col("replicate") == 0)
    experiment = replace(compared.experiment, replicates=1)
    one = replace(compared, experiment=experiment, outcomes=outcomes, effects=compare_pairs(outcomes, "baseline"))
    text = Outline(build_experiment_report(one)).text
    assert "There is one replicate" in text
    assert "仅有一次重复" in text
