"""From blocks to HTML: the templates, with every text escaped."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from scslab import __version__
from scslab.report.blocks import Page
from scslab.report.words import Language

NAMES: dict[Language, str] = {"en": "English", "zh": "中文"}
"""The languages, each in its own."""
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""The languages as HTML names them."""

_HERE = Path(__file__).parent
_CODE = re.compile(r"`([^`]*)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


def make_environment() -> Environment:
    """The templates of the report and of the site."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        # Ledgers and schemes are strangers' files: every text of theirs is escaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = environment.filters
    filters |= {"mark": mark, "is_web": is_web_address}
    return environment


def read_style() -> str:
    """The style sheet that the report and the site share."""
    return (_HERE / "style.css").read_text(encoding="utf-8")


def render_pages(pages: Sequence[Page], extra_style: str = "") -> str:
    """Pages, one a language with a switch between them, as HTML that needs nothing else: no script, no network.

    Args:
        pages: the same page in each language; the first gives the file its title.
        extra_style: rules that only this report needs, after the common style.
    """
    template = make_environment().get_template("template.html.j2")
    return template.render(
        pages=pages, title=pages[0].title, style=read_style() + extra_style, names=NAMES, tags=TAGS,
        version=__version__,
    )  # fmt: skip


def write_whole(html: str, path: Path | str) -> None:
    """Write a page to a file; an interruption leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(html)
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def mark(text: object) -> Markup:
    """Escape a text, then turn `ticks` into code and **stars** into strong text.

    Example:
        >>> str(mark("**3** rows, `<b>`"))
        '<strong>3</strong> rows, <code>&lt;b&gt;</code>'
    """
    escaped = str(escape(text))
    return Markup(_STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escaped)))  # noqa: S704 (escaped above)


def is_web_address(address: str) -> bool:
    """Whether an address may stand as a link: only the web's own schemes, so no `javascript:`.

    Example:
        >>> is_web_address("https://example.org"), is_web_address("javascript:alert(1)")
        (True, False)
    """
    return re.match(r"https?://", address, flags=re.IGNORECASE) is not None
