"""XLSForm to XForm XML, by pyxform: what ODK Collect and Enketo run."""

from __future__ import annotations

from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.problem_list import shorten


def convert_to_xform(workbook: bytes) -> str:
    """The XForm of an XLSForm workbook.

    Raises:
        ProblemsError: pyxform refuses the workbook; with its reason.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        return str(convert(workbook, file_type=".xlsx").xform)
    except PyXFormError as error:
        raise ProblemsError([Problem("Q711", f"pyxform refuses the form: {shorten(str(error), 300)}")]) from error
