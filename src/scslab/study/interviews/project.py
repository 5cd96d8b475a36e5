"""What a coded set of interviews is."""

from __future__ import annotations

from dataclasses import dataclass, field

from scslab.ground.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the codebook.

    Attributes:
        id: unique id.
        name: what coders see.
        parent: the id of the code above it, or "".
        description: what it means, or "".
        is_codable: whether text can have it; else it only holds others together.
    """

    id: str
    name: str
    parent: str = ""
    description: str = ""
    is_codable: bool = True


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview: a text, and what is known of the person.

    Attributes:
        id: unique id.
        name: as in the project.
        text: the whole text; "" where the file has none.
        traits: variables of the case, by name.
        case: id of the case it belongs to: several texts of one person are one case; "": it is its own.
    """

    id: str
    name: str
    text: str = ""
    traits: dict[str, str] = field(default_factory=dict[str, str])
    case: str = ""

    @property
    def key(self) -> str:
        """What counts as one: the case, or the interview where it has none."""
        return self.case or self.id


@dataclass(frozen=True, slots=True)
class Coding:
    """A code that a coder gave a part of an interview.

    Attributes:
        interview: id of the interview.
        code: id of the code.
        coder: name of the coder, or "".
        start: first character, counted from 0; −1 where the place is not known.
        end: after the last character.
        quote: the words.
    """

    interview: str
    code: str
    coder: str = ""
    start: int = -1
    end: int = -1
    quote: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Project:
    """Coded interviews.

    Attributes:
        name: name of the project.
        codes: the codebook in its order, a code before those below it.
        interviews: in the order of the file.
        codings: in the order of the file.
    """

    name: str
    codes: tuple[Code, ...]
    interviews: tuple[Interview, ...]
    codings: tuple[Coding, ...]

    def coders(self) -> tuple[str, ...]:
        """The coders in the order in which they appear."""
        return tuple(dict.fromkeys(coding.coder for coding in self.codings))

    def by_coder(self, coder: str) -> Project:
        """The same project with the codings of one coder only."""
        kept = tuple(coding for coding in self.codings if coding.coder == coder)
        return Project(self.name, self.codes, self.interviews, kept)

    def used_codes(self) -> tuple[Code, ...]:
        """The codes that some text has, in the order of the codebook."""
        used = {coding.code for coding in self.codings}
        return tuple(code for code in self.codes if code.id in used)
