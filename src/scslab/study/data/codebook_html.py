"""A codebook as one HTML page that needs no network: everything from the data is escaped."""

from __future__ import annotations

from pathlib import Path

import jinja2

from scslab.ground.version import VERSION
from scslab.study.data.codebook import Codebook

_TEMPLATE = Path(__file__).parent / "codebook.html.j2"

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "codebook": "Codebook",
        "respondents": "respondents",
        "variables": "variables",
        "variable": "Variable",
        "label": "Label",
        "measure": "Measure",
        "valid": "Valid",
        "declared": "Declared missing",
        "empty": "Empty",
        "value": "Value",
        "count": "Count",
        "percent": "% of valid",
        "missing": "missing",
        "range": "Range",
        "mean": "Mean",
        "sd": "SD",
        "distinct": "different values; texts are not listed, they may identify people",
        "made": "Made by scslab",
    },
    "zh": {
        "codebook": "编码手册",
        "respondents": "名受访者",
        "variables": "个变量",
        "variable": "变量",
        "label": "标签",
        "measure": "测量层次",
        "valid": "有效",
        "declared": "声明为缺失",
        "empty": "空缺",
        "value": "取值",
        "count": "频数",
        "percent": "占有效百分比",
        "missing": "缺失",
        "range": "范围",
        "mean": "均值",
        "sd": "标准差",
        "distinct": "个不同取值；文本可能识别个人，故不列出",
        "made": "由 scslab 生成",
    },
}
"""The words of the page in each language."""


def write_html(codebook: Codebook, language: str = "en") -> str:
    """The codebook as one offline HTML page.

    Args:
        codebook: what to show.
        language: `en` or `zh`.

    Example:
        >>> import polars as pl
        >>> from scslab.study.data.answers import Answers
        >>> from scslab.study.data.codebook import make_codebook
        >>> from scslab.study.data.variables import Variable
        >>> answers = Answers(pl.DataFrame({"q": [1, 2]}), {"q": Variable("q", "<script>")})
        >>> page = write_html(make_codebook(answers))
        >>> "&lt;script&gt;" in page, "<script>" in page
        (True, False)
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["figure"] = _show_number
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(codebook=codebook, words=WORDS[language], language=language, version=VERSION)


def _show_number(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:,.6g}"
