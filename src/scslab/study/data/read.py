"""Reads a data file of answers, whatever its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scslab.ground.digests import digest_of_file
from scslab.study.data.answers import Answers
from scslab.study.data.declared import declare_variables
from scslab.study.data.labelled_files import read_labelled
from scslab.study.data.plain_files import read_csv, read_parquet
from scslab.study.data.sniff import Kind, find_kind
from scslab.study.data.variables import Variable


def read_answers(path: Path | str, *, variables: Mapping[str, Variable] | None = None, encoding: str = "") -> Answers:
    r"""Reads SPSS (.sav, .zsav), Stata (.dta), CSV or Parquet; the content decides, not the name.

    Codes stay as they are in the file; labels and declared missing values are kept beside them.

    Args:
        path: the file.
        variables: labels and missing codes declared elsewhere (`read_variables`); they go before the file's own.
        encoding: the encoding of texts, where the file does not say.

    Raises:
        ProblemsError: Q101 to Q112, with what would help.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
        >>> _ = path.write_text("id,approval\n1,5\n2,99\n")
        >>> from scslab.study.data.variables import MissingRange
        >>> declared = {"approval": Variable("approval", missing=(MissingRange(99.0, 99.0),))}
        >>> read_answers(path, variables=declared).without_missing()["approval"].to_list()
        [5, None]
    """
    path = Path(path)
    kind = find_kind(path)
    match kind:
        case Kind.SPSS | Kind.STATA:
            answers = read_labelled(path, kind, encoding)
        case Kind.PARQUET:
            answers = read_parquet(path)
        case Kind.CSV:
            answers = read_csv(path, encoding)
    answers = replace(answers, digest=digest_of_file(path))
    return declare_variables(answers, variables) if variables else answers
