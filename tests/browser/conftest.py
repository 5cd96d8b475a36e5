"""A headless Chromium, where there is one, and the settlement of the unit tests to show in it."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import pytest

from unit.report.conftest import entries, scheme, tiny  # noqa: F401  (fixtures)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


class Browser:
    """Runs a headless Chromium with a fresh profile each time."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.runs = 0

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.runs += 1
        profile = self.folder / f"profile-{self.runs}"
        command = [self.program, *FLAGS, f"--user-data-dir={profile}", "--enable-logging=stderr", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)

    def measure(self, page: str, width: int, script: str) -> str:
        """Show a page in a frame of that width, run a script over its document `d`, and give what the script returns.

        The page itself may hold no script and allows none; the frame around it does the measuring.
        """
        file = self.folder / f"frame-{self.runs}.html"
        file.write_text(
            f"""<!DOCTYPE html><meta charset="utf-8"><pre id="out"></pre>
<iframe id="frame" width="{width}" height="900" style="border:0" srcdoc="{html.escape(page)}"></iframe>
<script>
document.getElementById("frame").addEventListener("load", () => {{
  const d = document.getElementById("frame").contentDocument, w = document.getElementById("frame").contentWindow;
  document.getElementById("out").textContent = "<<" + (() => {{ {script} }})() + ">>";
}});
</script>""",
            encoding="utf-8",
        )
        done = self.run("--virtual-time-budget=10000", "--window-size=1400,1000", "--dump-dom", file.as_uri())
        return html.unescape(done.stdout.partition("&lt;&lt;")[2].partition("&gt;&gt;")[0])


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium here; `apt-get install chromium` gives one")
    return Browser(program, tmp_path_factory.mktemp("browser"))
