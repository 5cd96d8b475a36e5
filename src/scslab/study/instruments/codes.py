"""The codes of problems in questionnaire files, one line each."""

from __future__ import annotations

CODES: dict[str, str] = {
    "Q701": "the file cannot be opened, or is no XLSForm",
    "Q702": "a scale that is not declared, or none where one is needed",
    "Q703": "a condition reads an item that comes later, or the item itself",
    "Q704": "a text is missing in one of the languages (warning)",
    "Q705": "a code stands twice in a scale, or a label twice in one language (warning)",
    "Q706": "an item that no respondent can reach",
    "Q707": "a condition that always holds (warning)",
    "Q708": "a quality item expects an answer that its scale does not have",
    "Q709": "a key has no effect for this kind of item, or a range is empty",
    "Q710": "a name that two variables of the data would have",
    "Q711": "something of an XLSForm that is not supported",
    "Q712": "a condition that XLSForm cannot express, or that cannot be read from it",
    "Q713": "a scale that no item uses (warning)",
}
"""Problems of instruments beside those that every YAML file may have (`Q0…`)."""
