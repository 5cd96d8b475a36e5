"""The codes of problems in interview files, one line each."""

from __future__ import annotations

CODES: dict[str, str] = {
    "Q801": "the file cannot be opened or unpacked, or is of no known kind",
    "Q802": "not readable as XML",
    "Q803": "an unsafe file: a document type, a path that leads out, or far more inside than it seems",
    "Q804": "no REFI-QDA project or codebook",
    "Q805": "a reference to something that is not there",
    "Q806": "a selection outside its text",
    "Q807": "something that is not read: pictures, sound, external files (warning)",
    "Q808": "a line of a table that cannot be used",
    "Q809": "a code, coder or interview that the project does not have",
    "Q810": "an id or a name that stands twice",
}
"""Problems of interviews."""
