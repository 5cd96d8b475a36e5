"""A synthetic set of coded interviews, made from printed counts: the real interviews are not public.

No sentence in it was said by anybody. What is true of it is what the printed tables say: how many of the interviewees
named each barrier, how many take part, and how many are of each age, gender, district and education. Which synthetic
person has what is drawn by chance, keyed by the seed.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.study.interviews.project import Code, Coding, Interview, Project
from scslab.study.interviews.refi_write import make_guid

PARTICIPANTS = 5
"""Interviewees of Li and Kostka (2022) who take part; barriers are those of the others."""
CODERS = ("coder-1", "coder-2")
DOUBLE_CODED = 12
"""Interviews that the second coder codes as well."""
MISSED = 0.15
"""Share of the first coder's codings that the second misses; he adds none, so the barrier table stays as printed."""
SEED = 2022


def make_demo(folder: Path, *, seed: int = SEED) -> Project:
    """Makes the synthetic project from `table1_barriers.csv` and `tableA1_interviewees.csv` in a folder.

    Args:
        folder: where the printed tables stand.
        seed: which synthetic persons come out; the counts are the same for each.

    Raises:
        ProblemsError: a table is missing, or a barrier is named by more people than do not take part.
    """
    barriers = _read(folder / "table1_barriers.csv", ("category", "factor", "interviewees"))
    people = _read(folder / "tableA1_interviewees.csv", ("item", "level", "number"))
    traits: dict[str, list[str]] = {}
    for row in people:
        traits.setdefault(row["item"].lower(), []).extend([row["level"]] * int(row["number"]))
    sizes = {len(levels) for levels in traits.values()}
    if len(sizes) != 1:
        message = f"the items add up to different numbers of people: {sorted(sizes)}"
        raise ProblemsError([Problem("Q808", message, Place(str(folder / "tableA1_interviewees.csv")))])
    n = sizes.pop()
    drawn = {name: _generator(seed, name).permutation(levels).tolist() for name, levels in traits.items()}
    takes_part = set(_generator(seed, "participants").choice(n, PARTICIPANTS, replace=False).tolist())
    others = [person for person in range(n) if person not in takes_part]
    codes, names = _make_codes(barriers), dict[int, list[Code]]()
    for row, code in zip(barriers, [code for code in codes if code.parent], strict=True):
        count = int(row["interviewees"])
        if count > len(others):
            message = f"{count} people name `{row['factor']}`, and {len(others)} do not take part"
            raise ProblemsError([Problem("Q808", message, Place(str(folder / "table1_barriers.csv")))])
        for person in _generator(seed, code.name).choice(others, count, replace=False).tolist():
            names.setdefault(person, []).append(code)
    double = set(_generator(seed, "double").choice(others, DOUBLE_CODED, replace=False).tolist())
    interviews: list[Interview] = []
    codings: list[Coding] = []
    for person in range(n):
        known = {name: levels[person] for name, levels in drawn.items()}
        known["participates"] = "yes" if person in takes_part else "no"
        interview, spans = _write_interview(person, known, names.get(person, []))
        interviews.append(interview)
        missed = _generator(seed, f"missed {person}").random(len(spans)) < MISSED
        missed[:1] = False
        for coder in CODERS[: 2 if person in double else 1]:
            for (code, start, end), is_missed in zip(spans, missed, strict=True):
                if coder == CODERS[0] or not is_missed:
                    codings.append(Coding(interview.id, code.id, coder, start, end, interview.text[start:end]))
    return Project(
        f"Synthetic interviews from the printed counts, seed {seed}", codes, tuple(interviews), tuple(codings)
    )


def _generator(seed: int, purpose: str) -> np.random.Generator:
    """A generator for one purpose, so that a change of one draw leaves the others alone."""
    return np.random.default_rng([seed, *purpose.encode("utf-8")])


def _read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        message = f"`{path}` cannot be read: {error.strerror or error}"
        raise ProblemsError([Problem("Q801", message, Place(str(path)))]) from error
    for number, row in enumerate(rows, start=2):
        count = row.get(columns[-1]) or ""
        if any(row.get(column) is None for column in columns) or not (count.isascii() and count.isdigit()):
            message = f"the line needs {', '.join(columns)}, the last a whole number"
            raise ProblemsError([Problem("Q808", message, Place(str(path), number))])
    return rows


def _make_codes(barriers: list[dict[str, str]]) -> tuple[Code, ...]:
    codes: dict[str, Code] = {}
    for row in barriers:
        top = make_guid("category", row["category"])
        codes.setdefault(top, Code(top, row["category"], is_codable=False))
        own = make_guid("factor", row["factor"])
        codes[own] = Code(own, row["factor"], top)
    ordered: list[Code] = []
    for code in codes.values():
        if not code.parent:
            ordered += [code, *(each for each in codes.values() if each.parent == code.id)]
    return tuple(ordered)


def _write_interview(
    person: int, traits: dict[str, str], barriers: list[Code]
) -> tuple[Interview, list[tuple[Code, int, int]]]:
    """The text of a synthetic interview, and where in it each barrier is named."""
    name = f"Synthetic interview {person + 1:02d}"
    text = f"{name}. No real person speaks here; the text stands for printed counts.\n\n"
    text += "Q: Do you take part in the city's social credit system?\n"
    text += "A: Yes, I do.\n" if traits["participates"] == "yes" else "A: No, I do not.\n"
    spans: list[tuple[Code, int, int]] = []
    if barriers:
        text += "\nQ: What keeps you from it?\n"
    for code in barriers:
        text += "A: "
        start = len(text)
        text += f"[synthetic] One reason: {code.name[0].lower()}{code.name[1:]}."
        spans.append((code, start, len(text)))
        text += "\n"
    own = make_guid("interview", person)
    return Interview(own, name, text, traits, make_guid("case", own)), spans
