"""The site on disk: every page in English and Chinese, and the scheme files themselves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.report.blocks import Paragraph, Section
from scslab.report.site.overview_pages import build_compare_page, build_index_page
from scslab.report.site.page import SitePage, address, make_page, render_page
from scslab.report.site.scheme_page import FOLDER, build_scheme_page
from scslab.report.words import Language, Words
from scslab.scheme.case_model import Case
from scslab.scheme.model import Scheme

LANGUAGES: tuple[Language, ...] = ("en", "zh")
MARK = '<meta name="generator" content="scslab '
"""Stands in every page, so that an older site is known and may be replaced."""


def build_site(schemes: Sequence[tuple[Scheme, tuple[Case, ...]]]) -> Iterator[tuple[str, str]]:
    """Every file of the site as (path below its folder, content): pages for each scheme, an index, a comparison.

    Args:
        schemes: the schemes with their worked cases, in the order of the index.

    Raises:
        ValueError: there is no scheme.
        ProblemsError: two schemes have the same id (R061).
    """
    if not schemes:
        raise ValueError("a site needs a scheme")
    ids = [scheme.id for scheme, _ in schemes]
    for name in ids:
        if ids.count(name) > 1:
            problem = Problem("R061", f"two schemes have the id `{name}`", Place(name), "pages are named after the id")
            raise ProblemsError([problem])
    only = [scheme for scheme, _ in schemes]
    for language in LANGUAGES:
        for page in (build_index_page(only, language), build_compare_page(only, language)):
            yield page.path, render_page(page)
        for scheme, cases in schemes:
            page = build_scheme_page(scheme, cases, language)
            yield page.path, render_page(page)
    for scheme in only:
        page = _build_file_page(scheme)
        yield page.path, render_page(page)
        yield f"{FOLDER}/{scheme.id}.yaml", scheme.text


def _build_file_page(scheme: Scheme) -> SitePage:
    """The text of a scheme file with numbered lines that the other pages link to."""
    words = Words("en", scheme)
    note = Paragraph(words("file.save", name=f"`{scheme.id}.yaml`"), "note")
    return make_page(
        words,
        (Section("file", words("file.section"), (note,)),),
        path=f"{FOLDER}/{scheme.id}.yaml.html",
        title=words("file.title", title=words.text(scheme.title) or scheme.id),
        subtitle=words("file.subtitle", digest=scheme.digest),
        other=address(scheme.id, "zh"),
        links=(
            (words("site.all"), f"../{address('index', 'en')}"),
            (words("site.compare"), f"../{address('compare', 'en')}"),
            (words.text(scheme.title) or scheme.id, address(scheme.id, "en")),
            (f"{scheme.id}.yaml", f"{scheme.id}.yaml"),
        ),
        lines=tuple(scheme.text.splitlines()),
    )


def write_site(schemes: Sequence[tuple[Scheme, tuple[Case, ...]]], folder: Path) -> int:
    """Write the site into a folder, which is renamed into place when it is complete.

    Returns:
        The number of files.

    Raises:
        ProblemsError: something that is not such a site stands there (R060).
    """
    folder = folder.absolute()
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free and not _is_site(folder):
        text = "something that is not a catalogue site stands here: it is left alone"
        raise ProblemsError([Problem("R060", text, Place(str(folder)), "choose another folder")])
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{folder.name}.{os.getpid()}.partial"
    try:
        (partial / FOLDER).mkdir(parents=True)
        number = 0
        for path, content in build_site(schemes):
            (partial / path).write_text(content, encoding="utf-8")
            number += 1
        old = folder.parent / f"{partial.name}.old"
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return number


def _is_site(folder: Path) -> bool:
    index = folder / "index.html"
    return (
        index.is_file() and (folder / FOLDER).is_dir() and MARK in index.read_text(encoding="utf-8", errors="replace")
    )
