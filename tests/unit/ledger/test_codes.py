import re
from pathlib import Path

from scslab.ledger import codes
from scslab.ledger.mapping_forms import EventMappingForm, MappingForm
from scslab.ledger.mapping_reader import MAPPING_CODES

LEDGER = Path(codes.__file__).parent


def test_every_code_has_its_meaning_and_no_two_are_the_same() -> None:
    named = [value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)]
    assert len(named) == len(set(named))
    assert set(named) == {*codes.ROW_CODES, *codes.FILE_CODES}


def test_every_code_of_a_mapping_that_is_given_has_its_meaning() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in LEDGER.glob("*.py"))
    given = set(re.findall(r'error\("(M\d{3})"|Problem\(\s*"(M\d{3})"', source))
    assert {code for pair in given for code in pair if code} <= set(MAPPING_CODES)


def test_the_guide_lists_the_codes_of_rows() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (L\d{3}) \| (.*) \|$", guide, flags=re.MULTILINE))
    assert listed == codes.ROW_CODES


def test_the_guide_lists_the_keys_of_a_mapping() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
    tables = "\n".join(line for line in guide.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(\w+)`", tables))
    assert {key.name for form in (MappingForm, EventMappingForm) for key in form.list_keys()} <= named
