"""Reading a report back: its tables, tags and text."""

from __future__ import annotations

from html.parser import HTMLParser


class Outline(HTMLParser):
    """What a page holds: tables by caption as rows of texts (a bar before small type), tags, plain text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._caption: str | None = None
        self._rows: list[list[str]] = []
        self._into: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._into.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag == "small" and "table" in self._into:
            self._rows[-1][-1] += "|"

    def handle_endtag(self, tag: str) -> None:
        while self._into and self._into.pop() != tag:
            pass
        if tag == "table" and self._caption is not None:
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        if "style" in self._into:
            return
        self.text += data
        if "caption" in self._into:
            self._caption = (self._caption or "") + data
        elif self._into and {"td", "th"} & set(self._into) and self._rows:
            self._rows[-1][-1] += data
