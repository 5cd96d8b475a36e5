"""Single values of YAML files: what is taken, what is refused, and what the help says."""

from datetime import date
from decimal import Decimal

import pytest

from scslab.ground.dates import Calendar, Period
from scslab.ground.text import Text
from scslab.scheme.dated import Dated
from scslab.scheme.kinds import (
    BILINGUAL,
    DATE,
    EVENT_TYPE,
    FLAG,
    IDENT,
    INTEGER,
    NAME,
    NUMBER,
    PERIOD,
    SLUG,
    TEXT,
    choice,
    number,
)
from scslab.scheme.model import OperatorKind
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import CAP_PERIOD, CAP_POINTS, POINTS, RULE_TYPE
from scslab.scheme.shapes import DATED_NUMBER, list_of, map_of
from scslab.scheme.yaml_tree import YamlText, read_yaml


def read(kind, text):
    """The value that a kind reads from `k: text`, and the problems."""
    problems = Problems("S")
    tree = read_yaml(f"k: {text}", "f.yaml", problems)
    return kind.read(tree.get("k"), problems), problems.found


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (NUMBER, "0.1", Decimal("0.1")),
        (NUMBER, "-20", Decimal(-20)),
        (NUMBER, "+5", Decimal(5)),
        (NUMBER, ".5", Decimal("0.5")),
        (NUMBER, "1000000000000", Decimal(10) ** 12),
        (NUMBER, "0.123456789012", Decimal("0.123456789012")),
        (INTEGER, "5.0", 5),
        (DATE, "2014-01-01", date(2014, 1, 1)),
        (DATE, "'2024-02-29'", date(2024, 2, 29)),
        (PERIOD, "24 months", Period(months=24)),
        (PERIOD, "2 years", Period(months=24)),
        (PERIOD, "10 days", Period(days=10)),
        (CAP_PERIOD, "year", Calendar.YEAR),
        (CAP_PERIOD, "1 year", Period(months=12)),
        (CAP_PERIOD, "lifetime", "lifetime"),
        (FLAG, "true", True),
        (FLAG, "false", False),
        (TEXT, "no", "no"),
        (TEXT, "1:30", "1:30"),
        (TEXT, "'  spaced  '", "spaced"),
        (IDENT, "A+", "A+"),
        (IDENT, "no", "no"),
        (IDENT, "1", "1"),
        (SLUG, "food-safety", "food-safety"),
        (NAME, "is_final", "is_final"),
        (EVENT_TYPE, "traffic.drunk_driving", "traffic.drunk_driving"),
        (BILINGUAL, "Breach", Text(en="Breach")),
        (BILINGUAL, "违约", Text(zh="违约")),
        (BILINGUAL, "{en: Breach, zh: 违约}", Text("Breach", "违约")),
        (choice(OperatorKind), "court", OperatorKind.COURT),
        (DATED_NUMBER, "5", Dated.constant(Decimal(5))),
        # Steps are sorted by date, whatever their order in the file.
        (
            DATED_NUMBER,
            "{2019-06-01: -30, 2014-01-01: -20}",
            Dated(((date(2014, 1, 1), Decimal(-20)), (date(2019, 6, 1), Decimal(-30)))),
        ),
        (list_of(NUMBER), "[1, 2.5]", (Decimal(1), Decimal("2.5"))),
    ],
)
def test_values_that_are_taken(kind, text, value):
    assert read(kind, text) == (value, [])


@pytest.mark.parametrize(
    ("kind", "text", "message", "help_"),
    [
        (NUMBER, "ten", "S009 `ten` is not a number", ""),
        (NUMBER, "'10'", "S009 `10` is not a number", "write 10 without quotes"),
        (NUMBER, "10_000", "S009 `10_000` is not a number", "write 10000"),
        (NUMBER, "1,000", "S009 `1,000` is not a number", "write 1000"),
        (NUMBER, "007", "S009 `007` is not a number", "write 7"),
        (NUMBER, "−5", "S009 `−5` is not a number", "write -5"),
        (NUMBER, "50%", "S009 `50%` is not a number", "write a share, such as 0.5 for 50 %"),
        (NUMBER, "1e3", "S009 `1e3` is not a number", ""),
        (NUMBER, ".inf", "S009 `.inf` is not a number", ""),
        (NUMBER, "[1]", "S007 a number must stand here, not a list", ""),
        (NUMBER, "~", "S007 a number must stand here, not nothing", ""),
        (NUMBER, "1000000000001", "S016 1000000000001 is not between -1,000,000,000,000 and 1,000,000,000,000", ""),
        (NUMBER, "0.1234567890123", "S016 `0.1234567890123` has more than 12 digits after the point", ""),
        (number(0, 6), "7", "S016 7 is not between 0 and 6", ""),
        (INTEGER, "1.5", "S009 1.5 is not a whole number", ""),
        (DATE, "2014-1-1", "S010 `2014-1-1` is not a date", "did you mean `2014-01-01`?"),
        (DATE, "2014/01/31", "S010 `2014/01/31` is not a date", "did you mean `2014-01-31`?"),
        (DATE, "2014-01-31T00:00:00", "S010 `2014-01-31T00:00:00` is not a date", "did you mean `2014-01-31`?"),
        (DATE, "2014-02-30", "S010 `2014-02-30` is not a date", "write a date as `2014-01-31`"),
        (DATE, "1899-12-31", "S010 the date 1899-12-31 is not between 1900-01-01 and 2199-12-31", ""),
        (DATE, "2200-01-01", "S010 the date 2200-01-01 is not between 1900-01-01 and 2199-12-31", ""),
        (DATE, "2014", "S010 `2014` is not a date", "write a date as `2014-01-31`"),
        (PERIOD, "24months", "", ""),
        (PERIOD, "24m", "S011 `24m` is not a period", "did you mean `24 months`?"),
        (PERIOD, "2 yrs", "S011 `2 yrs` is not a period", "did you mean `2 years`?"),
        (PERIOD, "two years", "S011 `two years` is not a period", "did you mean `2 years`?"),
        (PERIOD, "24", "S011 `24` is not a period", "write a period as `24 months`"),
        (PERIOD, "0 days", "S011 `0 days` is not a period", "write a period as `24 months`"),
        (PERIOD, "-1 year", "S011 `-1 year` is not a period", "write a period as `24 months`"),
        (
            CAP_PERIOD,
            "yearly",
            "S011 `yearly` is not a period of a cap",
            "did you mean `year`? Or a rolling period such as `12 months`",
        ),
        (CAP_PERIOD, "12 mths", "S011 `12 mths` is not a period", "did you mean `12 months`?"),
        (
            CAP_POINTS,
            "0",
            "S028 a cap of 0 is not above zero",
            "a cap limits the size of points of either sign, so it is written without a minus",
        ),
        (FLAG, "yes", "S008 `true` or `false` must stand here, not `yes`", ""),
        (FLAG, "'true'", "S008 `true` or `false` must stand here, not `true`", ""),
        (TEXT, "''", "S017 the text is empty", ""),
        (TEXT, "x" * 5001, "S017 the text has 5,001 characters; at most 5,000 are read", ""),
        (TEXT, "{a: b}", "S007 a text must stand here, not a mapping", ""),
        (
            IDENT,
            "two words",
            "S013 `two words` is not an id",
            "use letters, digits, `-`, `_` and `.`; pluses may end it",
        ),
        (
            SLUG,
            "Food_Safety",
            "S013 `Food_Safety` is not a scheme id",
            "use small letters, digits and `-`, as in `food-safety`",
        ),
        (NAME, "is-final", "S013 `is-final` is not a name", "use letters, digits and `_`, and begin with a letter"),
        (
            EVENT_TYPE,
            "Traffic",
            "S013 `Traffic` is not an event type",
            "use small letters, digits, `_`, `-` and dots: `donation.blood`",
        ),
        (
            RULE_TYPE,
            "'*'",
            "S013 `*` is not an event type",
            "use small letters, digits, `_`, `-` and dots: `donation.blood`",
        ),
        (
            choice(OperatorKind),
            "goverment",
            "S008 `goverment` is not a word that may stand here",
            "did you mean `government`?",
        ),
        (BILINGUAL, "{}", "S006 a text needs `en` or `zh`", "write {en: …, zh: …}"),
        (
            BILINGUAL,
            "{en: Water, gas and heat}",
            "S005 unknown key `gas and heat`",
            "put quotes round a text that has a comma in it",
        ),
        (list_of(NUMBER), "5", "S007 a list must stand here, not `5`", "each is a number"),
        (list_of(NUMBER), "[]", "S007 the list needs at least 1 value", "each is a number"),
        (map_of(IDENT, NUMBER), "[1]", "S007 a mapping of keys must stand here, not a list", ""),
        (DATED_NUMBER, "{}", "S007 a dated series needs at least one date", ""),
        (DATED_NUMBER, "{2014: 5}", "S010 `2014` is not a date", "write a date as `2014-01-31`"),
        (POINTS, "[1, 2]", "S007 a number must stand here, not a list", ""),
    ],
)
def test_values_that_are_refused(kind, text, message, help_):
    _, found = read(kind, text)
    if not message:
        assert found == []
        return
    assert [(f"{each.code} {each.message}", each.help) for each in found] == [(message, help_)]


def test_points_are_a_number_or_the_text_of_a_formula():
    assert read(POINTS, "-20")[0] == Dated.constant(Decimal(-20))
    formula, _ = read(POINTS, "0.5 * hours")
    assert isinstance(formula, YamlText)
    assert formula.text == "0.5 * hours"
