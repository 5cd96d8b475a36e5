"""A run of `scslab simulate --by-parts`: residents that do not fit into memory, one part after the other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scslab.cli.screen import Screen
    from scslab.cli.simulate_runs import Target
    from scslab.society.experiment.model import Experiment, Scenario
    from scslab.society.parts import PartsRun
    from scslab.society.setting import Setting


def run_parts(experiment: Experiment, target: Target, screen: Screen, *, threads: int) -> None:
    """Simulate the last scenario of an experiment part by part, and write months, tiers, manifest and ODD."""
    from scslab.engine.runs import open_run_folder
    from scslab.report.odd import write_odd
    from scslab.society.experiment.model import build_setting
    from scslab.society.folder import MARKER
    from scslab.society.parts import simulate_parts

    setting = replace(build_setting(experiment, experiment.scenarios[-1], 0), threads=threads)
    folder = target.out or Path("runs") / f"{setting.scheme.id}-society"
    with (
        open_run_folder(folder, is_replacing=target.is_replacing, tell=screen.say, marker=MARKER) as partial,
        screen.show_progress() as tell,
    ):
        run = simulate_parts(setting, settles=True, tell=tell)
        run.months.write_parquet(partial / "months.parquet")
        run.tiers.write_parquet(partial / "tiers.parquet")
        write_odd(setting, partial)
        text = json.dumps(run.manifest, indent=2, ensure_ascii=False)
        (partial / MARKER).write_text(text + "\n", encoding="utf-8")
    screen.tell(_summarise(setting, experiment.scenarios[-1], run, folder), run.manifest)


def _summarise(setting: Setting, scenario: Scenario, run: PartsRun, folder: Path) -> str:
    last, n = run.months.row(-1, named=True), setting.residents
    events, recorded = run.months["events"].sum(), run.months["recorded"].sum()
    from scslab.cli.simulate_summary import NOBODY, count, say_acceptance, say_closed, say_lived, say_scenario

    nobody = [] if run.months["taking_part"].sum() or run.months["joined"].sum() else [NOBODY]
    lines = [
        f"{say_lived(setting, setting.scheme)} until {last['month']}, in {count(run.manifest['parts'], 'part')}.",
        *nobody,
        *say_closed(setting),
        *say_scenario(scenario),
        f"  know of it      {last['aware'] / n:>8.1%}",
        f"  take part       {last['taking_part'] / n:>8.1%}",
        say_acceptance(setting, last["acceptance"]),
        f"  events          {events:,} happened; {recorded:,} recorded",
        f"Written to {folder}: months.parquet, tiers.parquet, odd.html",
    ]
    return "\n".join(lines)
