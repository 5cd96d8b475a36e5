"""Files that are one form: opened, read as YAML, and ready to be taken apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.fields import Form, FormReader, read_form
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import read_yaml


def open_form(
    form: type[Form], path: Path, problems: Problems, tell: Callable[[OSError], Problem]
) -> tuple[FormReader, bytes]:
    """The form of a file, and its content.

    Args:
        form: what the file should be.
        path: the file.
        problems: gets what is wrong with single keys; the caller raises it when it has taken what it needs.
        tell: what to say where the file cannot be opened.

    Raises:
        ProblemsError: the file cannot be opened, or is no form at all.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProblemsError([tell(error)]) from error
    root = read_yaml(content, str(path), problems)
    found = None if root is None else read_form(form, root, problems)
    if found is None:
        problems.raise_errors()
        raise AssertionError("a file that is no form has problems")
    return found, content
