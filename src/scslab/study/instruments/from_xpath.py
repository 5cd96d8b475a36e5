"""XForm XPath as SQL: the part that questionnaires use (comparisons, and, or, not, selected, arithmetic).

Read by recursive descent; what is not known is refused and named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_TOKEN = re.compile(
    r"\s*(?:(\$\{\s*[A-Za-z_][\w.-]*\s*\})|(\d+(?:\.\d+)?|\.\d+)|('[^']*'|\"[^\"]*\")|(!=|<=|>=|[=<>+*(),-])|([A-Za-z][\w-]*))"
)
MAX_DEPTH = 50
"""The deepest nesting of brackets that is read."""
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class CannotReadError(ValueError):
    """An XPath that is not readable here; the message names what is not known."""


def from_xpath(xpath: str, multiple: Collection[str]) -> str:
    """An XPath condition as SQL.

    Args:
        xpath: as in the column `relevant` of an XLSForm.
        multiple: the multiple-choice items: `selected(${use}, 'x')` of these becomes `use_x`, of others `use = 'x'`.

    Raises:
        CannotReadError: with what is not known.

    Example:
        >>> from_xpath("${uses} = 1 and not(selected(${which}, 'other'))", {"which"})
        'uses = 1 and not (which_other)'
        >>> from_xpath("${age} != '' and ${age} >= 18", set())
        'age is not null and age >= 18'
    """
    return _Reader(xpath, multiple).read()


class _Reader:
    def __init__(self, xpath: str, multiple: Collection[str]) -> None:
        self.multiple, self.tokens, self.at, self.depth = multiple, _split(xpath), 0, 0

    def read(self) -> str:
        text = self._either()
        if self.at < len(self.tokens):
            raise CannotReadError(f"`{self.tokens[self.at]}`")
        return text

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _expect(self, word: str) -> None:
        found = self._next()
        if found != word:
            raise CannotReadError(f"`{found or 'the end'}` where `{word}` was expected")

    def _either(self) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CannotReadError("brackets that are nested too deeply")
        parts = [self._all()]
        while self._peek() == "or":
            self._next()
            parts.append(self._all())
        self.depth -= 1
        return " or ".join(parts)

    def _all(self) -> str:
        parts = [self._comparison()]
        while self._peek() == "and":
            self._next()
            parts.append(self._comparison())
        return " and ".join(parts)

    def _comparison(self) -> str:
        left = self._sum()
        if self._peek() not in _COMPARISONS:
            return left
        op, right = self._next(), self._sum()
        if right == "''" and op in ("=", "!="):
            return f"{left} is {'' if op == '=' else 'not '}null"
        return f"{left} {'<>' if op == '!=' else op} {right}"

    def _sum(self) -> str:
        text = self._product()
        while self._peek() in ("+", "-"):
            text += f" {self._next()} {self._product()}"
        return text

    def _product(self) -> str:
        text = self._atom()
        while self._peek() in ("*", "div"):
            text += " * " if self._next() == "*" else " / "
            text += self._atom()
        return text

    def _atom(self) -> str:
        word = self._next()
        if word.startswith("${"):
            return word[2:-1].strip()
        if word[:1] in ("'", '"'):
            inner = word[1:-1].replace("'", "''")
            return f"'{inner}'"
        if word[:1].isdigit() or word.startswith("."):
            return word
        if word == "-":
            return f"-{self._atom()}"
        if word == "(":
            text = self._either()
            self._expect(")")
            return f"({text})"
        if self._peek() == "(":
            return self._call(word)
        raise CannotReadError(f"`{word or 'the end'}`")

    def _call(self, name: str) -> str:
        self._expect("(")
        arguments: list[str] = []
        while self._peek() != ")":
            if arguments:
                self._expect(",")
            arguments.append(self._either())
        self._expect(")")
        match name, arguments:
            case "not", [inner]:
                return f"not ({inner})"
            case (("true" | "false"), []):
                return name
            case "selected", [item, code] if code.startswith("'"):
                bare = code[1:-1]
                if item in self.multiple:
                    return f"{item}_{bare}"
                is_number = bare.lstrip("-").isdigit()
                return f"{item} = {bare if is_number else code}"
            case "string-length", [inner]:
                return f"length({inner})"
            case (("number" | "int" | "string"), [inner]):
                return inner
            case "date", [inner] if inner.startswith("'"):
                return inner
            case _:
                raise CannotReadError(f"`{name}(…)` with {len(arguments)} arguments")


def _split(xpath: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    text = xpath.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise CannotReadError(f"`{text[at : at + 20].strip()}`")
        tokens.append(match[0].strip())
        at = match.end()
    return tokens
