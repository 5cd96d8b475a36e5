"""What the benchmarks share: sizes, ledgers, commands, and the lines of the table."""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from make_ledger import make
from measure import Contestant, Run

HERE = Path(__file__).parent
ROOT = HERE.parent
PEERS_ENVIRONMENT = ROOT / ".venv-bench"
SCHEME = HERE / "scheme.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of measurements: median seconds, processor seconds, peak bytes."""

    name: str
    seconds: float
    cpu: float | None = None
    peak: int | None = None
    ratio: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the number measured, and the bound it must keep."""

    text: str
    value: float
    bound: float
    is_at_least: bool
    unit: str = "x"

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.is_at_least else self.value <= self.bound


@dataclass(slots=True)
class Bench:
    """A run of the benchmarks: its sizes and what it has found."""

    events: int
    rounds: int
    lines: list[Line] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ledger(self, events: int) -> Path:
        """A ledger of so many events of a tenth as many subjects, made if need be."""
        return make(events, max(1, events // 10))

    def add(self, contestant: Contestant, runs: list[Run], ratio: float | None = None, note: str = "") -> None:
        """Add a line with the medians of a contestant."""
        if contestant.scale:
            note = f"scaled x{contestant.scale:g} from its own seconds of work{'; ' + note if note else ''}"
        self.lines.append(
            Line(
                contestant.name,
                statistics.median(contestant.seconds(run) for run in runs),
                None if contestant.scale else statistics.median(run.cpu for run in runs),
                int(statistics.median(run.peak for run in runs)),
                ratio,
                note,
            )
        )


def scslab_command() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("scslab"))


def settle_with_scslab(ledger: Path, *, is_itemised: bool = False) -> Contestant:
    """scslab from the shell: standings, or everything but the HTML report."""
    option = "--no-report" if is_itemised else "--standings-only"
    return Contestant(
        "scslab, with all entries" if is_itemised else "scslab",
        lambda out: [scslab_command(), "settle", str(SCHEME), str(ledger), "--out", str(out), option, "--quiet"],
    )


def settle_with_peer(name: str, file: str, ledger: Path, scale: float = 0.0) -> Contestant:
    """A program of `peers/`, in the peers' environment."""
    python, program = PEERS_ENVIRONMENT / "bin" / "python", HERE / "peers" / file
    return Contestant(name, lambda out: [str(python), str(program), str(ledger), str(out)], scale)


def prepare_peers() -> None:
    """Install the peers at the locked versions into an environment of their own, once."""
    lock = HERE / "requirements.lock"
    digest, mark = hashlib.sha256(lock.read_bytes()).hexdigest(), PEERS_ENVIRONMENT / ".ready"
    if mark.exists() and mark.read_text() == digest:
        return
    subprocess.run([sys.executable, "-m", "venv", str(PEERS_ENVIRONMENT)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
    subprocess.run([str(PEERS_ENVIRONMENT / "bin" / "python"), *install], check=True)
    mark.write_text(digest)
