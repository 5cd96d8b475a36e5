"""The keys of an experiment file, said once for the reader and for the JSON Schema."""

from __future__ import annotations

from decimal import Decimal

from scslab.ground.problems import Place
from scslab.scheme.fields import Form, Key, Kind, form_of
from scslab.scheme.kinds import BILINGUAL, DATE, EVENT_TYPE, IDENT, SLUG, TEXT, choice, integer, number
from scslab.scheme.model import Participation
from scslab.scheme.problem_list import Problems
from scslab.scheme.shapes import list_of, map_of, one_or_more
from scslab.scheme.yaml_tree import YamlNode, YamlText
from scslab.society.experiment.model import Interval, Tables, Unknowns
from scslab.society.setting import Settles

MOST_RESIDENTS = 4_000_000_000
MOST_REPLICATES = 10_000


def _read_words(node: YamlNode, problems: Problems) -> YamlText | None:
    """A name with its place, for what must be one of a list."""
    return node if isinstance(node, YamlText) and TEXT.read(node, problems) is not None else _refuse(node, problems)


def _refuse(node: YamlNode, problems: Problems) -> None:
    if not isinstance(node, YamlText):
        TEXT.read(node, problems)


WORD: Kind[YamlText] = Kind("a name", _read_words, TEXT.schema)
"""A name, given with its place."""


def _read_count(node: YamlNode, problems: Problems) -> int | None:
    """A whole number in which `_` may part the thousands."""
    if isinstance(node, YamlText) and node.is_plain and node.text.replace("_", "").isdigit():
        node = YamlText(node.text.replace("_", ""), True, node.place)
    return integer(100, MOST_RESIDENTS).read(node, problems)


def _read_placed(node: YamlNode, problems: Problems) -> tuple[Decimal, Place] | None:
    value = number().read(node, problems)
    return None if value is None else (value, node.place)


PLACED_NUMBER: Kind[tuple[Decimal, Place]] = Kind("a number", _read_placed, number().schema)
"""A number, given with its place."""
RESIDENTS: Kind[int] = Kind(
    "a number of residents",
    _read_count,
    {"anyOf": [integer(100, MOST_RESIDENTS).schema, {"type": "string", "pattern": "^[0-9][0-9_]*$"}]},
)
VALUES = map_of(IDENT, number())
RATES = map_of(EVENT_TYPE, number(0, 80))


class StepForm(Form):
    """A reform: what changes from a day on."""

    since = Key("from", DATE, "the day, the first of a month", is_required=True)
    interventions = Key(
        "interventions", one_or_more(WORD), "shipped interventions: scslab simulate --list-interventions"
    )
    values = Key("values", VALUES, "parameters by name")
    rates = Key("rates", RATES, "events a year by type")
    scheme = Key("scheme", WORD, "another scheme: an id of the catalogue, or a path from this file")
    participation = Key("participation", choice(Participation), "automatic, mandatory or opt-in")


class ScenarioForm(Form):
    """A scenario: how it differs from the baseline."""

    id = Key("id", SLUG, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "its name in reports")
    interventions = Key("interventions", one_or_more(WORD), "shipped interventions, from `from` on")
    since = Key("from", DATE, "from when on interventions, values, rates and scheme hold; without: from the beginning")
    values = Key("values", VALUES, "parameters by name")
    rates = Key("rates", RATES, "events a year by type")
    scheme = Key("scheme", WORD, "another scheme: an id of the catalogue, or a path from this file")
    participation = Key("participation", choice(Participation), "automatic, mandatory or opt-in")
    population = Key("population", WORD, "another population: a shipped profile, or a path from this file")
    reforms = Key("reforms", list_of(form_of(StepForm)), "what changes later on")


class OutputsForm(Form):
    """Outputs: what is kept."""

    measures = Key("measures", one_or_more(WORD), "which measures are compared; without: all")
    tables = Key("tables", choice(Tables), "of each scenario's first replicate: none, summary or full")
    interval = Key("interval", choice(Interval), "how intervals are found: t or bootstrap")
    confidence = Key("confidence", number(Decimal("0.5"), Decimal("0.9999")), "of intervals: 0.95")


class ExperimentForm(Form):
    """An experiment: a population that lives under a scheme, in several scenarios."""

    experiment = Key("experiment", SLUG, "a short name", is_required=True)
    title = Key("title", BILINGUAL, "its name in reports")
    about = Key("about", BILINGUAL, "what it is to find out")
    scheme = Key("scheme", WORD, "an id of the catalogue, or a path from this file", is_required=True)
    population = Key(
        "population", WORD, "a shipped profile, or a path from this file; without: that of the scheme's place"
    )
    beside = Key("beside", WORD, "a commercial scheme that is settled beside for those who use one, such as sesame")
    residents = Key("residents", RESIDENTS, "how many: 10_000")
    years = Key("years", integer(1, 100), "for how long")
    first = Key("from", DATE, "the first day, the first of a month; without: when the scheme began")
    seed = Key("seed", integer(0), "another seed is another luck")
    replicates = Key(
        "replicates", integer(1, MOST_REPLICATES), "how often each scenario is lived, each time with other luck"
    )
    values = Key("values", VALUES, "parameters by name, in all scenarios")
    rates = Key("rates", RATES, "events a year by type, in all scenarios")
    reforms = Key("reforms", list_of(form_of(StepForm)), "what changes on the way, in all scenarios")
    scenarios = Key("scenarios", list_of(form_of(ScenarioForm)), "what is compared; the baseline needs no line")
    against = Key("against", WORD, "the scenario that the others are compared with; without: baseline")
    sweep = Key("sweep", map_of(IDENT, list_of(PLACED_NUMBER)), "a grid of parameters: each combination is a scenario")
    settles = Key("settles", choice(Settles), "how often the engine settles: monthly, or daily with a table of days")
    draws = Key(
        "draws", TEXT, "folder of scslab calibrate, from this file: each replicate lives by other values as they may be"
    )
    priors = Key(
        "priors", choice(Unknowns), "fixed, or drawn: each replicate lives by other values within all other bands, too"
    )
    outputs = Key("outputs", form_of(OutputsForm), "what is kept")
