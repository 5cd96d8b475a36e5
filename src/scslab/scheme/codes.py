"""The codes of problems in scheme files: one line each, for the documentation.

A code never changes its meaning, and a code that is no longer used is not given away again. The checks that find
weaknesses of a scheme that can be read (`S101` and up) have their own table, `scslab.scheme.lint.CHECKS`.
"""

from __future__ import annotations

SHARED: dict[str, str] = {
    "001": "the file is not readable as one YAML document in UTF-8",
    "002": "the file uses tags, anchors or aliases",
    "003": "the file is too large, too deeply nested, or has too many problems to list",
    "004": "a key stands twice in a mapping",
    "005": "an unknown key",
    "006": "a key is missing",
    "007": "a list, a mapping or a single value stands where another of them belongs, or a list is too short",
    "008": "a word that is not on the list of words that may stand there",
    "009": "not a number, or not a whole number",
    "010": "not a date, or a date before 1900 or after 2199",
    "011": "not a period, such as `24 months`",
    "013": "an id or a name has characters that it may not have",
    "014": "an id stands twice",
    "016": "a number out of its range",
    "017": "a text is empty or too long",
    # 020 was for parts that an earlier version did not support yet.
    "030": "a condition or formula is not readable as SQL",
    "031": "a condition or formula is too long or too deeply nested",
    "032": "a condition or formula names an unknown attribute",
    "033": "the types in a condition or formula do not fit together",
    "034": "a condition or formula uses something of SQL that is not offered",
    "035": "a condition is not true or false, or a formula is not a number",
}
"""Problems that every YAML file may have: the code is the letter of the kind of file and this number."""

_SCHEME_ONLY: dict[str, str] = {
    "S012": "a rule listens to an event type that is not declared",
    "S018": "the file cannot be opened",
    "S019": "a name that is reserved: by the ledger, by corrections or by SQL",
    "S021": "a source that is not declared",
    "S022": "a tier that is not declared",
    "S023": "a rule that does not exist",
    "S024": "a subject attribute that is not declared, or is no number",
    "S025": "tiers do not ascend",
    "S026": "the floor is above the ceiling",
    "S027": "a rule has neither points nor a tier limit nor a grade",
    "S028": "a cap is not above zero",
    "S029": "a key has no effect here",
    "S036": "the event types that a rule listens to declare an attribute with different types",
    "S037": "only some of the event types that a rule listens to have an attribute (warning)",
    "S038": "bounds or values that do not fit the type of an attribute",
    "S039": "a period or a range ends before it begins",
    "S040": "points that are too large to be kept exactly",
    "S041": "a bound, tier or cap has more decimals than the score",
    "S042": "the start lies outside the bounds (warning)",
    "S043": "a condition, a value or a repair has none of its parts, or parts that do not go together",
    "S044": "points have more decimals than the score and will be rounded (warning)",
    "S045": "no scheme of this name",
    "S046": "a part that this kind of score does not have",
    "S047": "a list that is not declared",
    "S048": "a list that reads itself or a later list",
    "S049": "a link that is not declared",
    "S050": "the part of a share does not lie within its whole",
    "S051": "the weights of an index do not sum to 1",
    "S052": "a scale does not ascend",
    "S053": "a scheme that reads or succeeds itself",
    "S054": "a path of links that does not fit together",
}

CODES: dict[str, str] = {f"S{number}": meaning for number, meaning in SHARED.items()} | _SCHEME_ONLY
"""Every code of a scheme file, with its meaning."""
