"""`scslab study instrument`: check a questionnaire; XLSForm in and out; a page to print."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(short_help="check a questionnaire; convert it to XLSForm or a page")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write the questionnaire as an XLSForm workbook.")
@click.option("--xform", type=click.Path(path_type=Path), help="Write it as an XForm (XML), converted by pyxform.")
@click.option("--html", type=click.Path(path_type=Path), help="Write it as a page to print.")
@click.option("--yaml", type=click.Path(path_type=Path), help="Write it as a questionnaire file.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Show this language only on the page.")
def command(
    file: Path, xlsx: Path | None, xform: Path | None, html: Path | None, yaml: Path | None, language: str | None
) -> None:
    r"""Check FILE, a questionnaire (instrument.yaml, or its folder) or an XLSForm workbook (.xlsx).

    \b
    Example:
      scslab study instrument studies/kostka_2019 --html questionnaire.html --xlsx questionnaire.xlsx
    """
    from scslab.ground.problems import ProblemsError
    from scslab.study.instruments.model import Wording
    from scslab.study.instruments.reader import check_instrument
    from scslab.study.instruments.xlsform_read import read_xlsform
    from scslab.study.instruments.xlsform_write import build_xlsform, write_xlsform

    path = file / "instrument.yaml" if file.is_dir() else file
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        instrument = read_xlsform(path)
    else:
        instrument, problems = check_instrument(path)
        if instrument is None:
            raise ProblemsError(problems)
        for problem in problems:
            click.echo(str(problem), err=True)
    if xlsx is not None:
        write_xlsform(instrument, xlsx)
    if xform is not None:
        from scslab.study.instruments.xform import convert_to_xform

        xform.write_text(convert_to_xform(build_xlsform(instrument)), encoding="utf-8")
    if html is not None:
        from scslab.report.study.instrument_page import build_page

        html.write_text(build_page(instrument, (language,) if language else ()), encoding="utf-8")
    if yaml is not None:
        from scslab.study.instruments.writer import write_instrument

        yaml.write_text(write_instrument(instrument), encoding="utf-8")
    items = instrument.items()
    unknown = sum(item.wording is Wording.UNKNOWN for item in items)
    branches = sum(item.when is not None for item in items) + sum(s.when is not None for s in instrument.sections)
    click.echo(
        f"{path}: sound; {len(instrument.sections)} sections, {len(items)} items, {len(instrument.scales)} scales, "
        f"{branches} conditions" + (f"; the wording of {unknown} items is not published" if unknown else "")
    )
    for written in (xlsx, xform, html, yaml):
        if written is not None:
            click.echo(f"Written: {written}")
    sys.stdout.flush()
