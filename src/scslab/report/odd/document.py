"""The ODD document of a simulation: Overview, Design concepts, Details (grimm2020), from the mechanics in use.

What stands there is read from the same tables that the program runs on: mechanics with their equations, parameters,
priors and sources, the values of the run, random streams, population, scheme. The text of each submodel is the
docstring of its file. The document is in English.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from pathlib import Path

from scslab import __version__
from scslab.report.blocks import Block, Bullets, Heading, Page, Paragraph, Section, Table
from scslab.report.odd.markdown import write_markdown
from scslab.report.odd.text import build_design, build_overview
from scslab.report.rendering import render_pages, write_whole
from scslab.report.tables import make_table
from scslab.society.conduct.vocabulary import Conduct, list_conduct
from scslab.society.mechanics.parameter import Values, choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.population.traits import CORRELATIONS, SHIFTS
from scslab.society.randomness.streams import STREAMS
from scslab.society.setting import Setting

TITLE = "A society under a scheme: model description (ODD)"


def build_odd(setting: Setting) -> tuple[Section, ...]:
    """The sections of the document: Overview, Design concepts, Details.

    Args:
        setting: what is or would be simulated; nothing is run.

    Raises:
        ProblemsError: unknown parameters or rates.
    """
    values = choose_values(MECHANICS, setting.values)
    conduct = list_conduct(setting.scheme, values, setting.rates)
    return (
        *build_overview(setting, len(conduct)),
        build_design(setting),
        _build_initialization(setting),
        _build_input(setting, conduct),
        _build_submodels(setting, values),
        _build_randomness(conduct),
    )


def write_odd(setting: Setting, folder: Path) -> None:
    """Writes `odd.md` and `odd.html` into a folder.

    Raises:
        ProblemsError: unknown parameters or rates.
        OSError: a file cannot be written.
    """
    sections = build_odd(setting)
    write_whole(build_odd_markdown(setting, sections), folder / "odd.md")
    write_whole(build_odd_page(setting, sections), folder / "odd.html")


def build_odd_markdown(setting: Setting, sections: Sequence[Section] | None = None) -> str:
    """The document as Markdown."""
    return write_markdown(TITLE, _describe(setting), sections or build_odd(setting))


def build_odd_page(setting: Setting, sections: Sequence[Section] | None = None) -> str:
    """The document as one HTML page that needs nothing else."""
    page = Page(
        "en", TITLE, "scslab", _describe(setting), "Contents", "", " ", tuple(sections or build_odd(setting)),
        ("Synthetic residents only: nobody real is scored here.", f"Written by scslab {__version__}."),
    )  # fmt: skip
    return render_pages([page])


def _describe(setting: Setting) -> str:
    years = "1 year" if setting.years == 1 else f"{setting.years} years"
    return (
        f"{setting.scheme.title} (`{setting.scheme.id}`), {setting.residents:,} synthetic subjects of "
        f"{setting.profile.title} (`{setting.profile.id}`), {years} from {setting.first}"
    )


def _build_initialization(setting: Setting) -> Section:
    profile = setting.profile
    dimensions = [[f"`{name}`", ", ".join(categories)] for name, categories in profile.dimensions.items()]
    names = list(profile.dimensions)
    margins = [
        [" × ".join(names[axis] for axis in margin.axes), ", ".join(f"{x:g}" for x in margin.shares.ravel())]
        for margin in profile.margins
    ]
    correlations = [[f"{a} and {b}", f"{value:g}"] for (a, b), value in CORRELATIONS.items()]
    shifts = [
        [trait, dimension, ", ".join(f"{x:+g}" for x in sizes)]
        for trait, effects in SHIFTS.items()
        for dimension, sizes in effects.items()
        if dimension in profile.dimensions
    ]
    blocks: list[Block] = [
        Paragraph(
            f"{setting.residents:,} subjects are made from the profile `{profile.id}` (source: `{profile.source}`). "
            "Iterative proportional fitting gives cell shares, largest remainders whole numbers, so that margins are "
            "exact; a keyed permutation says who stands in which cell. The same seed gives the same population in all "
            "replicates. Before the first month nobody knows of the scheme and nobody takes part; who uses a "
            "commercial "
            "scheme is drawn once."
        ),
        Paragraph(str(profile.about)) if profile.about else Paragraph("The profile says nothing about its limits."),
        make_table("Dimensions", ["Dimension", "Categories"], dimensions, words=2),
        make_table(
            "Margins (shares, scaled to their sum)", ["Over", "Shares, last dimension fastest"], margins, words=2
        ),
        Paragraph(
            "Five traits, standard normal in the whole population, are drawn in seven levels; each level stands for "
            "its "
            "conditional mean. Correlations within a cell and shifts between cells are priors."
        ),
        make_table("Correlations of traits", ["Traits", "Correlation"], correlations),
        make_table("Shifts of traits, in standard deviations", ["Trait", "Dimension", "By category"], shifts, words=3),
    ]
    return Section("initialization", "5. Initialization", tuple(blocks))


def _build_input(setting: Setting, conduct: Sequence[Conduct]) -> Section:
    rates = [
        [
            f"`{each.name}`",
            each.sign.name.lower(),
            f"{each.rate:.4g}",
            "experiment" if each.name in setting.rates else "prior",
        ]
        for each in conduct
    ]  # fmt: skip
    reforms = [
        f"From {reform.since}: "
        + "; ".join(
            [f"`{name}` = {value:g}" for name, value in (*reform.values.items(), *reform.rates.items())]
            + ([f"scheme `{reform.scheme.id}`"] if reform.scheme else [])
        )
        for reform in setting.reforms
    ]
    blocks: list[Block] = [
        Paragraph(
            "No data of the time simulated drive the model. What changes from outside is written down beforehand: the "
            "scheme's dated values, its being in force, and reforms."
        ),
        Bullets(tuple(reforms)) if reforms else Paragraph("This setting has no reforms."),
        make_table(
            "Conduct: how often it happens at average traits, a year", ["Event type", "Sign", "Rate", "From"], rates,
            words=2,
        ),
    ]  # fmt: skip
    return Section("input", "6. Input data", tuple(blocks))


def _build_submodels(setting: Setting, values: Values) -> Section:
    blocks: list[Block] = [
        Paragraph(
            "Mechanics in the order in which they act in a month. A source `prior` marks a judgement of the authors "
            "and "
            "nothing else; the band is meant to hold nine tenths of what we hold possible."
        )
    ]
    for number, mechanic in enumerate(MECHANICS.values(), start=1):
        module = importlib.import_module(f"scslab.society.mechanics.{mechanic.id}")
        blocks.append(Heading(f"7.{number} {mechanic.title} ({mechanic.title.zh})"))
        text = inspect.getdoc(module) or ""
        if mechanic.equation not in text:
            blocks.append(Paragraph(f"`{mechanic.equation}`"))
        blocks += _read_docstring(text)
        rows = [
            [f"`{p.name}`", f"{values[p.name]:g}" + (" (set)" if p.name in setting.values else ""),
             f"{p.prior[0]:g} to {p.prior[1]:g}", p.unit or "–", p.source, p.about]
            for p in mechanic.parameters
        ]  # fmt: skip
        heads = ["Parameter", "Value", "Prior band, 90 %", "Unit", "Source", "About"]
        blocks.append(make_table(f"Parameters of {mechanic.id}", heads, rows, words=6))
    return Section("submodels", "7. Submodels", tuple(blocks))


def _read_docstring(text: str) -> list[Block]:
    """Paragraphs of a docstring; equations stay on lines of their own."""
    blocks: list[Block] = []
    for part in text.split("\n\n"):
        lines = part.split("\n")
        if all(line.startswith("    ") for line in lines):
            blocks += [Paragraph(f"`{line.strip()}`") for line in lines]
        elif all(line.startswith(("- ", "  ")) for line in lines):
            items = part.replace("\n  ", " ").split("\n")
            blocks.append(Bullets(tuple(item.removeprefix("- ") for item in items)))
        else:
            blocks.append(Paragraph(" ".join(line.strip() for line in lines)))
    return blocks


def _build_randomness(conduct: Sequence[Conduct]) -> Section:
    rows = [[f"`{name}`", str(number)] for name, number in STREAMS.items()]
    rows += [[f"event `{each.name}`", str(each.stream)] for each in conduct]
    table: Table = make_table("Streams in use", ["Purpose", "Stream"], rows)
    text = (
        "Every draw is Philox4x32-10 (`salmon2011`), keyed by seed, agent, month and stream: it depends on nothing "
        "else, "
        "neither on the order of work nor on other mechanics. Probabilities are integer threshold tables, so that "
        "results "
        "are the same on any machine. Replicate r has the seed hash(seed, r) in all scenarios: common random numbers."
    )
    return Section("randomness", "Appendix: random streams", (Paragraph(text), table))
