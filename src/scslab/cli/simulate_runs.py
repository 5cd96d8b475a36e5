"""The two kinds of runs of `scslab simulate`: one simulation, or scenarios in replicates."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scslab.cli.screen import Screen

if TYPE_CHECKING:
    from scslab.society.experiment.model import Experiment


@dataclass(frozen=True, slots=True)
class Target:
    """What is written.

    Attributes:
        out: the run folder; None: one below `runs`.
        is_replacing: whether it may replace a complete run.
        is_fresh: whether what an interrupted run left is not to be used.
        has_report: whether there is to be a report.
    """

    out: Path | None
    is_replacing: bool
    is_fresh: bool
    has_report: bool


@contextmanager
def _going_on(kept: Path, screen: Screen) -> Generator[None]:
    """After Ctrl-C, says that what is there was kept."""
    try:
        yield
    except KeyboardInterrupt:
        if kept.is_dir():
            screen.say("What is done so far is kept: the same command goes on from there.")
        raise


def run_single(experiment: Experiment, target: Target, screen: Screen, *, threads: int, every: int) -> None:
    """Simulate the last scenario of an experiment, once, and write its folder."""
    from scslab.cli.simulate_summary import summarise_run
    from scslab.engine.runs import open_run_folder
    from scslab.report.odd import write_odd
    from scslab.society.course.checkpoint import Checkpoints
    from scslab.society.experiment.folder import FILE
    from scslab.society.experiment.model import build_setting
    from scslab.society.folder import MARKER, write_tables
    from scslab.society.simulation import simulate

    setting = replace(build_setting(experiment, experiment.scenarios[-1], 0), threads=threads)
    warn_of_idle(experiment, screen)
    folder = target.out or Path("runs") / f"{setting.scheme.id}-society"
    checkpoints = Checkpoints(find_kept(folder), every or 1, screen.say)
    if target.is_fresh:
        checkpoints.remove()
    with (
        open_run_folder(folder, is_replacing=target.is_replacing, tell=screen.say, marker=MARKER) as partial,
        screen.show_progress() as tell,
        _going_on(checkpoints.folder, screen),
    ):
        run = simulate(setting, tell=tell, checkpoints=checkpoints if every else None)
        tell("writing", 0.0)
        write_tables(run, partial)
        write_odd(setting, partial)
        (partial / FILE).write_text(experiment.text, encoding="utf-8")
        if target.has_report:
            tell("reporting", 0.0)
            from scslab.report.society import write_society_report

            write_society_report(run, partial / "report.html")
    checkpoints.remove()
    screen.tell(summarise_run(run, experiment.scenarios[-1], folder, has_report=target.has_report), run.manifest)


def run_comparison(experiment: Experiment, target: Target, screen: Screen, *, workers: int | None) -> None:
    """Live all scenarios in all replicates, compare, and write the folder."""
    import shutil

    from scslab.cli.simulate_summary import summarise_effects
    from scslab.engine.runs import open_run_folder
    from scslab.report.odd import write_odd
    from scslab.society.experiment.folder import write_effects
    from scslab.society.experiment.model import build_setting
    from scslab.society.experiment.run import run_experiment
    from scslab.society.experiment.workers import count_workers
    from scslab.society.folder import EXPERIMENT_MARKER

    warn_of_idle(experiment, screen)
    folder = target.out or Path("runs") / experiment.id
    kept = find_kept(folder)
    if target.is_fresh:
        shutil.rmtree(kept, ignore_errors=True)
    with (
        open_run_folder(folder, is_replacing=target.is_replacing, tell=screen.say, marker=EXPERIMENT_MARKER) as partial,
        screen.show_progress() as tell,
        _going_on(kept, screen),
    ):
        result = run_experiment(experiment, workers=workers or count_workers(), keep=kept, tell=tell, say=screen.say)
        tell("writing", 0.0)
        write_effects(result, partial, kept=kept)
        write_odd(build_setting(experiment, experiment.get_scenario(experiment.against), 0), partial)
        if target.has_report:
            tell("reporting", 0.0)
            from scslab.report.society import write_experiment_report

            write_experiment_report(result, partial / "report.html")
    shutil.rmtree(kept, ignore_errors=True)
    screen.tell(summarise_effects(result, folder, has_report=target.has_report), result.manifest)


def warn_of_idle(experiment: Experiment, screen: Screen) -> None:
    """Says which interventions change rules that the scheme does not have."""
    from scslab.society.experiment.model import list_idle

    for scenario in experiment.scenarios:
        for intervention, kind in list_idle(experiment, scenario):
            screen.say(
                f"Scenario `{scenario.id}`: `{intervention}` finds nothing to change in the rules ({kind}); what else "
                "it changes holds."
            )


def find_kept(folder: Path) -> Path:
    """Where an interrupted run of a folder leaves what it has."""
    folder = folder.absolute()
    return folder.parent / f".{folder.name}.checkpoint"
