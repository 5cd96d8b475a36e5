"""Every code of `scslab.scheme.codes`: place, message and help, each from one change to the full example."""

from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.codes import CODES, SHARED
from scslab.scheme.reader import EXAMPLE, check_scheme

FULL = (Path(__file__).parent / "data" / "full.yaml").read_text(encoding="utf-8")
ALWAYS = {"S106", "S037"}  # warnings that the full example has as it stands

# (old text, new text, the problem as it is shown); the change is the only one, so the problem must be the only one too.
CHANGES = [
    ("title: {en: Full example", "title: {en: Full: example",
     "f.yaml:3:17: S001 not readable as YAML: did not find expected ',' or '}'\n"
     "  help: inside { } and [ ], put quotes round a text that has `: `, a comma or a bracket in it"),
    ("status: complete", "status: !!str complete",
     "f.yaml:5:9: S002 tags are not used in these files: `tag:yaml.org,2002:str`"),
    ("from_age: 18", "from_age: " + "[" * 25 + "]" * 25,
     "f.yaml:9:31: S003 lists and mappings are nested deeper than 20"),
    ("status: complete", "status: complete\nstatus: partial",
     "f.yaml:6:1: S004 the key `status` stands here twice\n"
     "  help: it is first on line 5"),
    ("2014-01-01: -20, 2019-06-01: -30", "2014-01-01: -20, 2014-01-01: -30",
     "f.yaml:50:31: S004 the key `2014-01-01` stands here twice\n"
     "  help: it is first on line 50"),
    ("    valid: 24", "    vaild: 24",
     "f.yaml:44:5: S005 unknown key `vaild`\n"
     "  help: did you mean `valid`?"),
    ("title: Standard of points, ", "",
     "f.yaml:14:13: S006 a source needs the key `title`\n"
     "  help: what the source is"),
    ("title: Standard of points, ", "title: , ",
     "f.yaml:14:21: S006 a source needs the key `title`\n"
     "  help: what the source is"),
    ("in_force: {from: 2014-01-01, to: 2030-12-31}", "in_force: 2014",
     "f.yaml:12:11: S007 the time in force must be a mapping of keys, not `2014`"),
    ("participation: opt-in", "participation: optin",
     "f.yaml:11:16: S008 `optin` is not a word that may stand here\n"
     "  help: did you mean `opt-in`?"),
    ("  start: 1000", "  start: 1,000",
     "f.yaml:27:10: S009 `1,000` is not a number\n"
     "  help: write 1000"),
    ("to: 2030-12-31", "to: 2030-12-32",
     "f.yaml:12:34: S010 `2030-12-32` is not a date\n"
     "  help: write a date as `2014-01-31`"),
    ("valid: 24 months", "valid: 24m",
     "f.yaml:44:12: S011 `24m` is not a period\n"
     "  help: did you mean `24 months`?"),
    ("on: contract.breach", "on: contract.brech",
     "f.yaml:48:9: S012 unknown event type `contract.brech`\n"
     "  help: did you mean `contract.breach`?"),
    ("on: donation.*", "on: donations.*",
     "f.yaml:54:21: S012 unknown event type `donations.*`\n"
     "  help: did you mean `donation.*`?"),
    ("on: donation.*", "on: donation",
     "f.yaml:54:21: S012 unknown event type `donation`\n"
     "  help: did you mean `donation.*`?"),
    ("{id: rail", "{id: rail way",
     "f.yaml:59:10: S013 `rail way` is not an id\n"
     "  help: use letters, digits, `-`, `_` and `.`; pluses may end it"),
    ("id: heat", "id: rail",
     "f.yaml:60:5: S014 the id `rail` stands twice\n"
     "  help: first on line 59"),
    ("decimals: 1", "decimals: 7",
     "f.yaml:30:13: S016 7 is not between 0 and 6"),
    ("title: Credit points", "title: ''",
     "f.yaml:26:10: S017 the text is empty"),
    ("  traffic.drunk_driving: {}", "  traffic.drunk_driving: {}\n  correction.retract: {}",
     "f.yaml:24:3: S019 the event type `correction.retract` is reserved for corrections\n"
     "  help: leave it out: every scheme understands corrections"),
    ("donation.money: {amount: number}", "donation.money: {source: text}",
     "f.yaml:20:20: S019 the name `source` is always there and need not be declared\n"
     "  help: choose another name for the attribute"),
    ("donation.money: {amount: number}", "donation.money: {when: date}",
     "f.yaml:20:20: S019 the name `when` is a word of SQL\n"
     "  help: choose another name for the attribute"),
    ("id: giving", "id: rule",
     "f.yaml:57:10: S019 the id `rule` is reserved: statements use it for a rule's own cap\n"
     "  help: choose another id for the cap"),
    ("when: {tier: [D]}, provider: railway, source: press", "when: {tier: [D]}, source: pres",
     "f.yaml:59:78: S021 unknown source `pres`\n"
     "  help: did you mean `press`?"),
    ("limit_tier: {to: C,", "limit_tier: {to: E,",
     "f.yaml:55:61: S022 unknown tier `E`\n"
     "  help: known here: `D`, `C`, `A+`"),
    ("when: {tier: [D]}", "when: {tier: [D, DD]}",
     "f.yaml:59:68: S022 unknown tier `DD`\n"
     "  help: did you mean `D`?"),
    ("rules: [blood, shift]", "rules: [blood, shifts]",
     "f.yaml:57:33: S023 unknown rule `shifts`\n"
     "  help: did you mean `shift`?"),
    ("attribute: income", "attribute: incom",
     "f.yaml:61:24: S024 unknown subject attribute `incom`\n"
     "  help: did you mean `income`?"),
    ("attribute: income", "attribute: district",
     "f.yaml:61:24: S024 the subject attribute `district` is text; a yardstick is a number"),
    ("id: C, from: 600", "id: C, from: 1040",
     "f.yaml:37:20: S025 the tier `A+` begins at 1030, not above `C` with 1040 (from 2014-01-01)\n"
     "  help: list the tiers from the lowest to the highest"),
    ("id: C, from: 600", "id: C, from: 0",
     "f.yaml:36:19: S025 the tier `C` begins at 0, not above `D` with 0\n"
     "  help: list the tiers from the lowest to the highest"),
    ("floor: 0", "floor: {2014-01-01: 0, 2019-01-01: 1400}",
     "f.yaml:28:10: S026 the floor 1400 is above the ceiling 1300 (from 2019-01-01)"),
    ("    points: 5\n", "",
     "f.yaml:39:5: S027 the rule has neither `points` nor `limit_tier` nor `grade`\n"
     "  help: what it posts: a number, a dated series or an SQL number"),
    ("cap: {points: 20, per: year}", "cap: {points: -20, per: year}",
     "f.yaml:43:19: S028 a cap of -20 is not above zero\n"
     "  help: a cap limits the size of points of either sign, so it is written without a minus"),
    ("limit_tier: {to: C, for: 24 months}", "limit_tier: {to: C, for: 24 months}, valid: 1 year",
     "f.yaml:55:88: S029 `valid` has no effect without `points`"),
    ("kind = 'loan'", "kind = 'loan",
     "f.yaml:49:11: S030 not readable as SQL: a quote is not closed"),
    ("points: 0.5 * hours", "points: 0.5 *",
     "f.yaml:53:50: S030 not readable as SQL: something is missing beside `*`"),
    ("points: 0.5 * hours", "points: " + "(" * 21 + "hours" + ")" * 21,
     "f.yaml:53:46: S031 brackets are nested deeper than 20"),
    ("and subject.age >= 18", "and age >= 18",
     "f.yaml:49:31: S032 unknown attribute `age`\n"
     "  help: did you mean `subject.age`?"),
    ("and kind = 'loan'", "and kind = 5",
     "f.yaml:49:53: S033 text compared with number"),
    ("points: 0.5 * hours", "points: round(hours)",
     "f.yaml:53:46: S034 the function `round` is not allowed here\n"
     "  help: offered are: abs, ceil, coalesce, days_between, floor, greatest, least, length, lower, month, upper, "
     "year, on_list, score_of, tier_of"),
    ("points: 0.5 * hours", "points: hours > 5",
     "f.yaml:53:46: S035 the points must be a number, and this is true or false"),
    ("donation.money: {amount: number}", "donation.money: {millilitres: text}",
     "f.yaml:54:83: S036 `millilitres` is integer in `donation.blood` and text in `donation.money`\n"
     "  help: declare it with one type, or write a rule for each event type"),
    ("min: 1, max: 1000", "min: 1000, max: 1",
     "f.yaml:19:39: S038 the smallest value 1000 is above the largest 1"),
    ("type: text, values: [loan, lease]", "type: number, values: [loan, lease]",
     "f.yaml:21:66: S038 `values` is for texts only"),
    ("income: {type: number, min: 0", "income: {type: date, min: 0",
     "f.yaml:10:58: S038 `min` is for integers and numbers only"),
    ("to: 2030-12-31", "to: 2013-12-31",
     "f.yaml:12:34: S039 the scheme ends on 2013-12-31, before it begins on 2014-01-01"),
    ("from: 1000, below: 1200.5", "from: 1000, below: 1000",
     "f.yaml:60:83: S039 the range of scores from 1000 to below 1000 is empty"),
    ("1500.5", "1500.55",
     "f.yaml:29:12: S041 `ceiling` is 1500.55, and the score has 1 decimal\n"
     "  help: write `decimals: 2` under `score`, or round it"),
    ("  start: 1000", "  start: 2000",
     "f.yaml:27:10: S042 warning: the start 2000 is above the ceiling 1300 (from 2014-01-01)\n"
     "  help: the start itself is not moved; the first entry brings the score to the bound"),
    ("when: {tier: [D]}", "when: {}",
     "f.yaml:59:57: S043 a measure needs `tier`, `score`, `list` or `not_list`\n"
     "  help: write {tier: [A, AA]}, {score: {from: 600}} or {list: …}"),
    ("score: {from: 1000, below: 1200.5}", "score: {}",
     "f.yaml:60:63: S043 a range of scores needs `from` or `below`"),
    ("    points: 5\n", "    points: 5.25\n",
     "f.yaml:42:13: S044 warning: 5.25 points will be rounded: the score has 1 decimal\n"
     "  help: write `decimals: 2` under `score`"),
]  # fmt: skip


def problems_of(text):
    _, found = check_scheme(text, "f.yaml")
    return [str(problem) for problem in found if problem.code not in ALWAYS]


@pytest.mark.parametrize(
    ("old", "new", "shown"), CHANGES, ids=[f"{each[2].split(' ')[1]}-{n}" for n, each in enumerate(CHANGES)]
)
def test_one_change_gives_one_problem(old, new, shown):
    assert FULL.count(old) >= 1
    assert problems_of(FULL.replace(old, new, 1)) == [shown]


def test_the_full_example_has_no_other_problem():
    assert problems_of(FULL) == []


def test_an_attribute_that_only_some_event_types_have():
    _, found = check_scheme(FULL, "f.yaml")
    assert [str(problem) for problem in found if problem.code == "S037"] == [
        "f.yaml:54:83: S037 warning: `millilitres` is not declared by every event type of the rule\n"
        "  help: events of `donation.money` have no `millilitres`: it is null there"
    ]


def test_points_too_large_to_be_exact():
    # 10^10 points with 6 decimals are 10^16 smallest units, more than 10^15.
    text = FULL.replace("decimals: 1", "decimals: 6").replace("start: 1000\n", "start: -10000000000\n")
    assert problems_of(text)[0] == (
        "f.yaml:27:10: S040 -10000000000 points with 6 decimals are too large to be kept exactly\n"
        "  help: use fewer decimals or smaller points"
    )


def test_repeat_factors_count_for_the_size_of_points():
    # 300,000,000 x 3.5 with 6 decimals are 1.05 x 10^15 smallest units; x 3 would be 0.9 x 10^15.
    text = FULL.replace("decimals: 1", "decimals: 6").replace("2014-01-01: -20,", "2014-01-01: -300000000,")
    assert [shown.split(" ")[1] for shown in problems_of(text)] == ["S040"]
    assert problems_of(text.replace("3.5", "3")) == []


def test_a_file_that_is_not_there(tmp_path):
    (tmp_path / "scheme.yaml").write_text(EXAMPLE, encoding="utf-8")
    _, found = check_scheme(tmp_path / "schema.yaml")
    assert [str(problem) for problem in found] == [
        f"{tmp_path}/schema.yaml: S018 the file cannot be opened: No such file or directory\n"
        "  help: did you mean `scheme.yaml`?"
    ]


def test_a_folder_is_no_file(tmp_path):
    _, found = check_scheme(tmp_path)
    assert [problem.message for problem in found] == ["the file cannot be opened: Is a directory"]


def test_no_scheme_of_this_name():
    with pytest.raises(ProblemsError) as caught:
        find_scheme("rongchen")
    assert str(caught.value) == (
        "rongchen: S045 no scheme `rongchen` in the catalogue\n  help: did you mean `rongcheng`?"
    )


def test_a_wrong_vocabulary_is_told_once_and_not_again_by_every_rule():
    text = FULL.replace("contract.breach: {amount: number,", "contract.breach: {amount: nmber,")
    assert problems_of(text) == [
        "f.yaml:21:29: S008 `nmber` is not a word that may stand here\n  help: did you mean `number`?"
    ]


def test_a_wrong_source_is_told_once_and_not_again_by_every_rule():
    text = FULL.replace("press: {title: Reports}", "press: Reports")
    assert problems_of(text) == ["f.yaml:15:10: S007 a source must be a mapping of keys, not `Reports`"]


def test_a_missing_score_is_told_once():
    assert problems_of(EXAMPLE.replace("score: {start: 100}\n", "")) == [
        "f.yaml:1:1: S006 a scheme file needs the key `score`, or `lists`\n"
        "  help: how the score works: {start: …}; a scheme with only lists needs none"
    ]


def test_a_scheme_of_lists_has_no_rules():
    text = EXAMPLE.replace("score: {start: 100}\n", "lists: [{id: l, kind: redlist, enter: [{on: donation.blood}]}]\n")
    assert problems_of(text) == [
        "f.yaml:7:8: S046 `rules` cannot stand here: the scheme has no score\n"
        "  help: say how the score works under `score`"
    ]


def test_each_code_has_a_case_and_each_case_a_code():
    tested = {shown.split(" ")[1] for _, _, shown in CHANGES} | {"S018", "S037", "S040", "S045"}
    tested |= {f"S0{number}" for number in range(46, 55)}  # in test_problems_lists.py
    assert tested == set(CODES)


def test_the_table_is_in_order_and_shared_codes_are_part_of_it():
    assert {f"S{number}" for number in SHARED} < set(CODES)
    assert all(len(code) == 4 and code[1:].isdigit() for code in CODES)
