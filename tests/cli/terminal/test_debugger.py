"""``run --debug`` in a terminal: what it asks, and that quitting is never a pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser
SCENARIO = """name: A
base_url: {url}
steps:
  - goto: /
  - click: {{role: button, name: Pay}}
expect: {{cn_purchase: none, within: 1ms}}
"""


@pytest.fixture(autouse=True)
def _scenario(site: Site, tmp_path: Path) -> None:
    site.page("/", "<button>Pay</button>")
    (tmp_path / "a.yaml").write_text(SCENARIO.format(url=site.url))


def test_each_step_is_asked_for_and_the_report_follows(cli: Cli) -> None:
    done = cli("run", "a.yaml", "--debug", "--slow-mo", "1ms", stdin=b"n\nn\n")
    assert done.code == 0, done.out + done.err
    assert "a.yaml:5:5  click role=button name='Pay'\n" in done.err
    assert "    <button>Pay</button>\n" in done.err
    assert "1 passed" in done.out


def test_who_quits_has_an_interrupted_run(cli: Cli) -> None:
    done = cli("run", "a.yaml", "--debug", stdin=b"n\nq\n")
    assert done.code == 130
    assert "interrupted" in done.out
