"""`study.yaml`: one file for a study, with a section for each step; each step reads its own section."""

from __future__ import annotations

from pathlib import Path

from scslab.ground.problems import Place, did_you_mean
from scslab.scheme.codes import SHARED
from scslab.scheme.fields import Form, FormReader, read_form
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import MAX_BYTES, YamlMap, YamlNode, read_yaml

STUDY_FILE_CODES: dict[str, str] = {f"Q{number}": meaning for number, meaning in SHARED.items()} | {
    "Q018": "the study file cannot be opened",
    "Q019": "the study file has no such section",
}
"""The codes that every section of a study file may raise, with their meanings."""


def read_section(source: Path | str, section: str, form: type[Form], problems: Problems) -> FormReader | None:
    """One section of a study file, opened as a form; other sections are not looked at.

    Args:
        source: the file or a folder with `study.yaml` (a `Path`), or the content of such a file.
        section: the key of the section, such as `quota`.
        form: the keys that the section may have.
        problems: collects what is wrong, with file, line and column.

    Returns:
        The section, or None where the file cannot be read or has no such section; `problems` then says why.

    Example:
        >>> from scslab.scheme.fields import Key
        >>> from scslab.scheme.kinds import INTEGER
        >>> class QuotaForm(Form):
        ...     '''A quota.'''
        ...     total = Key("total", INTEGER, "interviews in all", is_required=True)
        >>> problems = Problems("Q")
        >>> read_section("{study: s, quota: {total: 2000}}", "quota", QuotaForm, problems).take(QuotaForm.total, 0)
        2000
        >>> read_section("{study: s, qouta: {total: 2000}}", "quota", QuotaForm, problems)
        >>> print(problems.found[0])
        <memory>:1:1: Q019 the study file has no section `quota`
          help: there is `qouta`: did you mean `quota`?
    """
    node = read_node(source, section, problems)
    return None if node is None else read_form(form, node, problems)


def read_node(source: Path | str, section: str, problems: Problems, *, is_required: bool = True) -> YamlNode | None:
    """The tree of one section, for sections whose keys are the user's own; arguments as for `read_section`.

    Args:
        source: the file, its folder or its content.
        section: the key of the section.
        problems: collects what is wrong.
        is_required: whether a missing section is a problem.
    """
    content, name = _open(source, problems)
    root = None if content is None else read_yaml(content, name, problems)
    if root is None:
        return None
    if not isinstance(root, YamlMap):
        problems.shared("007", "a study file must be a mapping of sections", root.place)
        return None
    node = root.get(section)
    if node is None and is_required:
        near = next((key.text for key, _ in root.pairs if did_you_mean(key.text, [section, ""]).startswith("did")), "")
        hint = f"there is `{near}`: did you mean `{section}`?" if near else f"add `{section}:` to the file"
        problems.error("Q019", f"the study file has no section `{section}`", root.place, hint)
    return node


def has_section(source: Path | str, section: str) -> bool:
    """Whether a study file can be read and has a section.

    Example:
        >>> has_section("{quota: {total: 1}}", "quota"), has_section("{quota: {total: 1}}", "design")
        (True, False)
    """
    return read_node(source, section, Problems("Q"), is_required=False) is not None


def find_study_file(path: Path) -> Path:
    """The study file itself where `path` is the folder of a study."""
    return path / "study.yaml" if path.is_dir() else path


def _open(source: Path | str, problems: Problems) -> tuple[bytes | None, str]:
    if isinstance(source, str):
        return source.encode(), ""
    path = find_study_file(source)
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), str(path)
    except OSError as error:
        problems.error("Q018", f"the study file cannot be opened: {error.strerror or error}", Place(str(path)))
        return None, str(path)
