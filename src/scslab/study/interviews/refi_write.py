"""REFI-QDA out: a project as `.qdpx`, a codebook as `.qdc`; the same project gives the same bytes."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from scslab.ground.version import VERSION
from scslab.study.interviews.project import Code, Project

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_EPOCH = (2020, 1, 1, 0, 0, 0)
"""The date that every file of the archive carries, so that the bytes do not depend on the day."""


def make_guid(*words: object) -> str:
    """A GUID that follows from words, the same on every machine."""
    return str(uuid.uuid5(uuid.UUID(int=0), "\n".join(str(word) for word in words)))


def write_qdpx(project: Project, path: Path) -> None:
    """Writes a project whose interviews have their texts."""
    entries = {"project.qde": _build_project(project)}
    entries |= {f"sources/{interview.id}.txt": interview.text for interview in project.interviews}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), text.encode("utf-8"), zipfile.ZIP_DEFLATED)


def write_qdc(codes: tuple[Code, ...], path: Path) -> None:
    """Writes a codebook."""
    text = (
        _HEAD + f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="scslab {VERSION}">\n{_codes(codes)}</CodeBook>\n'
    )
    path.write_text(text, encoding="utf-8")


def _build_project(project: Project) -> str:
    users = {coder: make_guid("user", coder) for coder in project.coders() if coder}
    names = list(dict.fromkeys(name for interview in project.interviews for name in interview.traits))
    variables = {name: make_guid("variable", name) for name in names}
    parts = [f'<Project xmlns="urn:QDA-XML:project:1.0" name={quoteattr(project.name)} origin="scslab {VERSION}">\n']
    if users:
        listed = "".join(f'<User guid="{guid}" name={quoteattr(name)}/>\n' for name, guid in users.items())
        parts.append(f"<Users>\n{listed}</Users>\n")
    parts.append(f"<CodeBook>\n{_codes(project.codes)}</CodeBook>\n")
    if variables:
        listed = "".join(
            f'<Variable guid="{guid}" name={quoteattr(name)} typeOfVariable="Text"/>\n'
            for name, guid in variables.items()
        )
        parts.append(f"<Variables>\n{listed}</Variables>\n<Cases>\n")
        for interview in project.interviews:
            if not interview.traits and not interview.case:
                continue
            values = "".join(
                f'<VariableValue><VariableRef targetGUID="{variables[name]}"/><TextValue>{escape(value)}</TextValue>'
                "</VariableValue>\n"
                for name, value in interview.traits.items()
            )
            case = interview.case or make_guid("case", interview.id)
            parts.append(f'<Case guid="{case}" name={quoteattr(interview.name)}>\n{values}')
            parts.append(f'<SourceRef targetGUID="{interview.id}"/>\n</Case>\n')
        parts.append("</Cases>\n")
    parts.append("<Sources>\n")
    for interview in project.interviews:
        parts.append(f'<TextSource guid="{interview.id}" name={quoteattr(interview.name)} ')
        parts.append(f'plainTextPath="internal://{interview.id}.txt">\n')
        for number, coding in enumerate(project.codings):
            if coding.interview != interview.id:
                continue
            user = f' creatingUser="{users[coding.coder]}"' if coding.coder else ""
            selection, own = make_guid("selection", number, interview.id), make_guid("coding", number, interview.id)
            parts.append(
                f'<PlainTextSelection guid="{selection}" name={quoteattr(coding.quote[:40])} '
                f'startPosition="{coding.start}" endPosition="{coding.end}"{user}><Coding guid="{own}"{user}>'
                f'<CodeRef targetGUID="{coding.code}"/></Coding></PlainTextSelection>\n'
            )
        parts.append("</TextSource>\n")
    return _HEAD + "".join([*parts, "</Sources>\n</Project>\n"])


def _codes(codes: tuple[Code, ...]) -> str:
    below: dict[str, list[Code]] = {}
    for code in codes:
        below.setdefault(code.parent, []).append(code)

    def build(code: Code) -> str:
        about = f"<Description>{escape(code.description)}</Description>" if code.description else ""
        inner = "".join(build(child) for child in below.get(code.id, ()))
        flag = "true" if code.is_codable else "false"
        return f'<Code guid="{code.id}" name={quoteattr(code.name)} isCodable="{flag}">{about}{inner}</Code>\n'

    return "<Codes>\n" + "".join(build(code) for code in below.get("", ())) + "</Codes>\n"
