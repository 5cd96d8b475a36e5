"""Makes the synthetic respondent file of `kostka2019` from the printed tables.

Nobody gave these answers. What is true of the file: the 2,209 rows that cleaning leaves have the printed unweighted
margins (to the respondent), nearly the printed weighted ones, the printed numbers of complete rows of each model, and
approval lies where the printed models and Tables 2 and 3 put it. Everything else, above all who has which two
covariates together, is invented.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from scslab.study.data.answers import Answers
from scslab.study.data.variables import Code, MissingRange, Variable
from scslab.study.data.write import write_answers
from scslab.study.instruments.model import ItemKind
from scslab.study.instruments.reader import read_instrument
from scslab.study.papers.kostka.approval import place_approval
from scslab.study.papers.kostka.bad_rows import GRID, add_bad_rows, add_quality_columns
from scslab.study.papers.kostka.covariates import Columns, make_covariates
from scslab.study.papers.kostka.opinions import MANAGERS, add_opinions
from scslab.study.papers.kostka.printed import read_margins
from scslab.study.papers.kostka.weights import find_weights

SEED = 2018
YES_NO: dict[Code, str] = {0.0: "No", 1.0: "Yes"}
OWN: dict[str, tuple[str, dict[Code, str]]] = {
    "id": ("Id of the synthetic respondent", {}),
    "seconds": ("Duration of the interview in seconds (invented)", {}),
    "attention": ("Attention item: please choose 2 (invented)", {}),
    "weight": ("Weight: raked to the printed weighted margins", {}),
    "mistrust": ("Believes that citizens mistrust each other (section 4.4)", YES_NO),
    "pilot_locality": ("Lives where a local government runs a pilot (Figure 2)", YES_NO),
    "advantage_any": ("Received benefits because of the Sesame or Tencent score", YES_NO),
    "advantage_other": ("Received a benefit that Table 5 does not list", YES_NO),
    "credit_difficulty": ("Difficulty obtaining credit because of the score", YES_NO),
}
"""Variables that the instrument does not list, with their labels."""


def make_answers(folder: Path, seed: int = SEED) -> tuple[Answers, pl.Series]:
    """The synthetic answers with labels, and of each row which kind of bad row it is ("" for a good one).

    Args:
        folder: of the study, with `printed/` and `instrument.yaml`.
        seed: another one gives other people with the same margins.
    """
    printed = folder / "printed"
    margins = read_margins(printed)
    columns, latent = make_covariates(margins, seed)
    add_opinions(columns, latent, printed, seed)
    weights = find_weights(columns, margins)
    columns["approval"] = place_approval(columns, weights, margins["approval"][0], printed, seed)
    columns["weight"] = np.round(weights, 6)
    columns = add_quality_columns(columns, seed)
    frame = pl.DataFrame({name: pl.Series(values).fill_nan(None) for name, values in columns.items()})
    whole = add_bad_rows(frame, seed)
    order = ["id", *_order(columns, folder)]
    variables = _describe(folder, order)
    title = "Synthetic answers made from printed tables: no real respondent"
    return Answers(whole.select(order), variables, title=title), whole["planted"]


def make_file(folder: Path, path: Path, seed: int = SEED) -> int:
    """Writes the synthetic answers to a file (.sav, .zsav, .dta, .parquet); gives the number of rows."""
    answers, _ = make_answers(folder, seed)
    write_answers(answers, path)
    return answers.frame.height


def _order(columns: Columns, folder: Path) -> list[str]:
    """The columns in the order of the questionnaire, then the rest."""
    items = [item.id for item in read_instrument(folder / "instrument.yaml").items()]
    first = [name for item in items for name in columns if name == item or name.startswith(f"{item}_")]
    return list(dict.fromkeys([*first, *columns]))


def _describe(folder: Path, names: list[str]) -> dict[str, Variable]:
    instrument = read_instrument(folder / "instrument.yaml")
    found: dict[str, Variable] = {}
    for item in instrument.items():
        options = instrument.options_of(item)
        if item.kind is ItemKind.MULTIPLE:
            for option in options:
                name = f"{item.id}_{option.code}"
                found[name] = Variable(name, f"{item.text.en}: {option.label.en}", YES_NO, measure="nominal")
            continue
        numeric = [option for option in options if option.code.isdigit()]
        labels: dict[Code, str] = {float(option.code): option.label.en for option in numeric}
        gaps = tuple(MissingRange(float(o.code), float(o.code)) for o in numeric if o.is_missing)
        found[item.id] = Variable(item.id, item.text.en, labels, gaps, "ordinal" if labels else "scale")
    manager: dict[Code, str] = dict(
        zip(
            [float(code) for code, _ in MANAGERS.values()],
            ["Central government", "Local governments", "Government jointly with private enterprises",
             "Private companies", "A nationwide system should not be implemented", "I don't know"],
            strict=True,
        )
    )  # fmt: skip
    found["manager"] = Variable("manager", "Who should manage a nationwide system", manager, measure="nominal")
    found |= {name: Variable(name, label, labels) for name, (label, labels) in OWN.items()}
    agreement = next(each for name, each in found.items() if name == "accountability").value_labels
    found |= {name: Variable(name, "Battery for quality checks (invented)", agreement) for name in GRID}
    if missing := [name for name in names if name not in found]:
        raise ValueError(f"columns without a label: {missing}")
    return {name: found[name] for name in names}
