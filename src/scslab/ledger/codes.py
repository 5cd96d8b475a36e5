"""The codes of the ledger: what each one means, for the problems table, the messages and the documentation."""

from __future__ import annotations

MISSING_EVENT_ID = "L001"
MISSING_SUBJECT_ID = "L002"
MISSING_TYPE = "L003"
UNKNOWN_TYPE = "L004"
MISSING_DATE = "L005"
NOT_A_DATE = "L006"
DATE_OUT_OF_RANGE = "L007"
WRONG_TYPE = "L008"
OUT_OF_BOUNDS = "L009"
NOT_IN_VALUES = "L010"
DUPLICATE = "L011"
CONFLICT = "L012"
NOT_FINITE = "L013"
RECORDED_BEFORE_OCCURRED = "L014"
NOT_AN_ID = "L015"
BROKEN_LINE = "L017"
AFTER_AS_OF = "L020"
NOT_KNOWN_YET = "L021"
NO_TARGET = "L030"
OTHER_SUBJECT = "L031"
NOT_BEFORE = "L032"
TARGETS_RETRACTION = "L033"
NO_EVENT = "L040"
REFUSED = "L041"
NOT_AN_ITEM = "L042"
NOT_LISTED = "L043"
UNKNOWN_RELATION = "L044"
REVERSED = "L045"

ROW_CODES: dict[str, str] = {
    MISSING_EVENT_ID: "the event id is missing",
    MISSING_SUBJECT_ID: "the subject id is missing",
    MISSING_TYPE: "the event type is missing",
    UNKNOWN_TYPE: "the scheme does not declare the event type",
    MISSING_DATE: "the date is missing",
    NOT_A_DATE: "the date cannot be read",
    DATE_OUT_OF_RANGE: "the date is not between 1900-01-01 and 2199-12-31",
    WRONG_TYPE: "the attribute is not of the declared type",
    OUT_OF_BOUNDS: "the attribute is below its minimum or above its maximum",
    NOT_IN_VALUES: "the attribute is not one of its declared values",
    DUPLICATE: "the row repeats another row exactly; it counts once",
    CONFLICT: "another row has the same id and says something else",
    NOT_FINITE: "the number is infinite",
    RECORDED_BEFORE_OCCURRED: "recorded before it occurred",
    NOT_AN_ID: "the id is neither a text nor a whole number",
    BROKEN_LINE: "the line of the file cannot be read",
    AFTER_AS_OF: "the posting date is after the date of the settlement",
    NOT_KNOWN_YET: "recorded after the date up to which the ledger is known",
    NO_TARGET: "the correction names no usable event",
    OTHER_SUBJECT: "the correction names an event of another subject",
    NOT_BEFORE: "the correction names an event that does not come before it",
    TARGETS_RETRACTION: "a retraction cannot be replaced",
    NO_EVENT: "the mapping makes no event of the row",
    REFUSED: "the mapping refuses the row for this event",
    NOT_AN_ITEM: "an item of the list cannot be read",
    NOT_LISTED: "the mapping does not list the text",
    UNKNOWN_RELATION: "no scheme declares the relation of the link",
    REVERSED: "the link ends before it begins",
}
"""Codes of rows that are set aside, as they stand in `problems.csv`."""

NO_FILE = "L100"
EMPTY_FILE = "L101"
NOT_ITS_NAME = "L102"
UNREADABLE = "L103"
NOT_UTF8 = "L104"
UNKNOWN_FORMAT = "L105"
REPEATED_COLUMN = "L106"
MISSING_COLUMN = "L107"
NO_ROWS = "L108"
UNUSABLE_COLUMN = "L109"
RESERVED_NAME = "L110"
TWO_TYPES = "L111"
NO_PANDAS = "L112"
TWO_MAPPINGS = "L113"
NO_SUBJECT_COLUMN = "L114"
REPEATED_SUBJECT = "L115"
DAMAGED_DATASET = "L116"

UNUSED_COLUMN = "L150"
ABSENT_ATTRIBUTE = "L151"
UNDECLARED_VALUE = "L152"
TIME_DROPPED = "L153"
SEPARATOR_TOLD = "L154"
MAPPING_FOUND = "L155"
UNNAMED_COLUMN = "L156"
ODD_ROWS = "L157"
UNKNOWN_MAPPED_TYPE = "L158"
ROWS_LEFT_OUT = "L159"
NOT_COVERED = "L160"

FILE_CODES: dict[str, str] = {
    NO_FILE: "there is no such file or dataset",
    EMPTY_FILE: "the file is empty",
    NOT_ITS_NAME: "the file is not what its name says",
    UNREADABLE: "the file is damaged or cannot be read",
    NOT_UTF8: "the file is not UTF-8 text",
    UNKNOWN_FORMAT: "the format of the file is not known",
    REPEATED_COLUMN: "a column name stands in the header twice",
    MISSING_COLUMN: "a required column is missing",
    NO_ROWS: "the table has no rows",
    UNUSABLE_COLUMN: "the kind of a column does not fit",
    RESERVED_NAME: "an attribute has the name of a ledger column",
    TWO_TYPES: "an attribute is declared with two types that one column cannot hold",
    NO_PANDAS: "pandas frames need the extra `scslab[pandas]`",
    TWO_MAPPINGS: "more than one mapping fits",
    NO_SUBJECT_COLUMN: "the table of subjects has no subject ids",
    REPEATED_SUBJECT: "a subject stands in the table of subjects twice",
    DAMAGED_DATASET: "a shipped dataset is incomplete",
    UNUSED_COLUMN: "columns that the scheme does not declare were not used",
    ABSENT_ATTRIBUTE: "a declared attribute has no column",
    UNDECLARED_VALUE: "attributes are filled for event types that do not declare them",
    TIME_DROPPED: "times of day were dropped",
    SEPARATOR_TOLD: "the columns are not separated by commas",
    MAPPING_FOUND: "a mapping was found and used",
    UNNAMED_COLUMN: "a column without a name was not used",
    ODD_ROWS: "rows that the mapping finds odd; they were used",
    ROWS_LEFT_OUT: "rows of the table of subjects were left out",
    NOT_COVERED: "subjects were left out because the data do not cover them",
    UNKNOWN_MAPPED_TYPE: "the mapping makes events of a type that the scheme does not declare",
}
"""Codes of files: L100 to L149 stop the work, from L150 on they are told."""
