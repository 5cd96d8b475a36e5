"""The JSON Schema agrees with the reader: what the reader takes it takes, and what it can express it refuses."""

from pathlib import Path

import jsonschema
import pytest

from scslab.scheme.catalogue import FILE_NAME, catalogue_folder, list_names
from scslab.scheme.forms import SchemeForm
from scslab.scheme.json_schema import scheme_json_schema
from scslab.scheme.problem_list import Problems
from scslab.scheme.reader import EXAMPLE, check_scheme
from scslab.scheme.yaml_tree import read_yaml, to_plain

DATA = Path(__file__).parent / "data"
FULL, LISTS, INDEX = (DATA / f"{name}.yaml" for name in ("full", "lists", "index"))
SHIPPED = [catalogue_folder() / name / FILE_NAME for name in list_names()]


@pytest.fixture(scope="module")
def validator():
    schema = scheme_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def plain(text):
    return to_plain(read_yaml(text, "f.yaml", Problems("S")))


@pytest.mark.parametrize("path", [FULL, LISTS, INDEX, *SHIPPED], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_the_reader_takes_the_schema_takes(validator, path):
    assert check_scheme(path)[0] is not None
    assert [error.message for error in validator.iter_errors(plain(path.read_bytes()))] == []


def test_there_are_shipped_schemes_to_test():
    assert {"care-homes", "food-safety", "rongcheng"} <= {path.parent.name for path in SHIPPED}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scheme: full-example", "scheme: Full Example"),
        ("scheme: full-example", "name: full-example"),
        ("scheme: full-example", "scheme:"),
        ("status: complete", "status: done"),
        ("kind: government, ", ""),
        ("kind: government", "kind: goverment"),
        ("name: {en: City of Example, zh: 示例市}", "name: {en: City of Example, fr: Exemple}"),
        ("name: {en: City of Example, zh: 示例市}", "name: {}"),
        ("from_age: 18", "from_age: eighteen"),
        ("from_age: 18", "from_age: 18.5"),
        ("from_age: 18", "from_age: -1"),
        ("district: text", "district: string"),
        ("min: 0, title: {en: Income}", "min: none"),
        ("in_force: {from: 2014-01-01", "in_force: {from: 2014"),
        ("in_force: {from: 2014-01-01", "in_force: {since: 2014-01-01"),
        ("confidence: read, note", "confidence: sure, note"),
        ("title: Standard of points, ", ""),
        ("  donation.money:", "  Donation.Money:"),
        ("donation.money: {amount: number}", "donation.money: [amount]"),
        ("donation.money: {amount: number}", "donation.money: {the-amount: number}"),
        ("  start: 1000", "  start: '1000'"),
        ("  start: 1000", "  start: {}"),
        ("  start: 1000", "  start: {2014-01: 5}"),
        ("  start: 1000\n", ""),
        ("floor: 0", "floor: 2000000000000"),
        ("decimals: 1", "decimals: 7"),
        ("published: quarterly", "published: weekly"),
        ("{id: D, from: 0}", "{from: 0}"),
        ("{id: D, from: 0}", "{id: D, from: 0, to: 600}"),
        ("{id: D, from: 0}", "D"),
        ("    points: 5\n", ""),
        ("    points: 5\n", "    points: []\n"),
        ("cap: {points: 20, per: year}", "cap: {points: 0, per: year}"),
        ("cap: {points: 20, per: year}", "cap: {points: 20, per: week}"),
        ("cap: {points: 20, per: year}", "cap: {points: 20}"),
        ("cap: {points: 20, per: year}", "cap: 20"),
        ("valid: 24 months", "valid: 24"),
        ("valid: 24 months", "valid: 0 months"),
        ("valid: 24 months", "vaild: 24 months"),
        ("times: [1, 2, 3.5]", "times: []"),
        ("times: [1, 2, 3.5]", "times: [1, two]"),
        ("times: [1, 2, 3.5]", "times: [1, -1]"),
        ("within: 12 months, ", ""),
        ("on: donation.*", "on: donation.*.x"),
        ("limit_tier: {to: C, for: 24 months}", "limit_tier: C"),
        ("limit_tier: {to: C, for: 24 months}", "limit_tier: {to: C}, valid: 1 year"),
        ("rules: [blood, shift]", "rules: []"),
        ("domain: travel", "domain: trains"),
        ("when: {tier: [D]}", "when: {}"),
        ("when: {tier: [D]}", "when: {delay: 1 day}"),
        ("when: {tier: [D]}", "when: {list: a@b@c}"),
        ("score: {from: 1000, below: 1200.5}", "score: {}"),
        ("yardstick: {attribute: income, ", "yardstick: {"),
        ("  kind: points", "  kind: index"),
        ("  kind: points", "  kind: none"),
        ("participation: opt-in", "participation: opt-in\ndimensions: []"),
        ("participation: opt-in", "participation: opt-in\nlists: [{id: l, kind: redlist, enter: []}]"),
    ],
)
def test_what_the_schema_can_express_both_refuse(validator, old, new):
    refuse(validator, FULL, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: [business, resident]", "kind: []"),
        ("kind: [business, resident]", "kind: [business, robot]"),
        ("{on: court.default, when: ground > 1}", "{on: court.default, score: {below: 5}}"),
        ("{on: court.default, when: ground > 1}", "{when: ground > 1}"),
        ("{on: court.default, when: ground > 1}", "{tier: D, when: ground > 1}"),
        ("{on: court.default, when: ground > 1}", "{after: 24 months}"),
        ("{on: court.satisfied}", "{on: court.satisfied, after: 24 months}"),
        ("at_least: 2, at_most: 9", "within: 1 year"),
        ("by: 12 months, ", ""),
        ("kind: redlist", "kind: whitelist"),
        ("public: true", "public: yes"),
        ("{not_list: defaulters}]", "{not_list: defaulters, list: honest}]"),
        ("{not_list: defaulters}]", "{not_list: []}]"),
        ("{not_list: defaulters}]", "{not_list: [defaulters, {}]}]"),
        (", undecided: upheld}", "}"),
        ("decide_within: 30 days, ", ""),
        ("share: 0.5", "share: 1.5"),
        ("removes: {list: defaulters, after: 1 month}", "removes: {list: honest}, shortens: {list: honest, by: 1 day}"),
        ("times: 2", "times: 0"),
        ("for: year}", "for: years}"),
        ("along: household", "along: house hold"),
        ("carry: {tiers: {A: 100, B: 60}}", "carry: all"),
        ("carry: {tiers: {A: 100, B: 60}}", "carry: {}"),
        ("carry: {tiers: {A: 100, B: 60}}", "carry: {scale: [[0, 0]]}"),
    ],
)
def test_what_the_schema_can_express_of_lists_both_refuse(validator, old, new):
    refuse(validator, LISTS, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: index, range: [350, {2015-01-01: 850, 1900-01-01: 950}], ", "kind: index, "),
        ("[350, {2015-01-01: 850, 1900-01-01: 950}]", "[350]"),
        ("decimals: 1,", "decimals: 1, start: 350,"),
        ("lists:\n", "rules: []\nlists:\n"),
        ("weight: {1900-01-01: 0.4, 2018-01-01: 0.5}", "weight: 2"),
        ("[[0, 0], [0.9, 0.5], [1, 1]]", "[[0, 0, 0], [1, 1]]"),
        ("[[0, 0], [0.9, 0.5], [1, 1]]", "[[0, 0]]"),
        (" when_none: 0.5}", "}"),
        ("of: repayment.*, of_when: amount > 0, ", ""),
        ("count: repayment.late,", "count: repayment.late, sum: amount,"),
        ("{days_since: repayment.late, when_none: 3650}", "{when_none: 3650}"),
        ("on: purchase.made, ", ""),
        ("score_of: city-score", "score_of: City"),
    ],
)
def test_what_the_schema_can_express_of_an_index_both_refuse(validator, old, new):
    refuse(validator, INDEX, old, new)


def refuse(validator, path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    assert check_scheme(text)[0] is None
    assert not validator.is_valid(plain(text))


def test_each_key_of_each_form_is_in_the_schema_with_a_description():
    schema = scheme_json_schema()
    assert list(schema["properties"]) == [key.name for key in SchemeForm.list_keys()]
    for form in [schema, *schema["$defs"].values()]:
        assert form["additionalProperties"] is False
        assert all(prop["description"] for prop in form["properties"].values())


def test_every_reference_leads_somewhere():
    schema = scheme_json_schema()

    def references(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "$ref":
                    yield inner.removeprefix("#/$defs/")
                else:
                    yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    assert set(references(schema)) == set(schema["$defs"])


def test_yaml_1_1_booleans_are_no_trap(validator):
    # `on` and `no` are text to the schema as they are to the reader.
    assert validator.is_valid(plain(EXAMPLE.replace("id: donation", "id: no")))
