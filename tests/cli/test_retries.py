"""``run --retries``: a scenario that broke is played again, and said to be flaky."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli
    from tests.conftest import Site

pytestmark = pytest.mark.browser


class GoneAtFirst(dict[str, Any]):
    """The pages of a site whose first request is answered with an error."""

    def get(self, path: str, default: Any = None) -> Any:
        answer = super().get(path, default)
        self[path] = self["/good"]
        return answer


@pytest.fixture
def flaky_shop(site: Site, tmp_path: Path) -> None:
    site.page("/good", "<p>Thanks</p>")
    site.page("/thanks", "not yet", status=503)
    site.pages = GoneAtFirst(site.pages)
    steps = [{"goto": f"{site.url}/thanks"}]
    expect = {"cn_purchase": "none"}
    (tmp_path / "s.yaml").write_text(json.dumps({"name": "s", "steps": steps, "expect": expect}))


@pytest.mark.usefixtures("flaky_shop")
def test_a_scenario_that_passes_at_the_second_attempt_is_flaky(cli: Cli, tmp_path: Path) -> None:
    reports = ("--report", "json=r.json", "--report", "junit=j.xml")
    done = cli("run", "s.yaml", "--retries", "1", *reports)
    assert done.code == 0
    assert "~ s" in done.out
    assert "flaky  attempt 1 of 2 broke, http-error: " in done.out
    assert "1 flaky in" in done.out
    assert "exit 0: everything that was checked is right, some of it only at a" in done.out
    report = json.loads((tmp_path / "r.json").read_text())
    (result,) = report["results"]
    assert (result["verdict"], result["attempts"]) == ("flaky", 2)
    assert result["earlier"][0]["reason"] == "http-error"
    kept = {Path(each["path"]).name for each in result["earlier"][0]["evidence"]}
    assert kept == {"end.png", "end.html"}
    assert result["outcome"]["evidence"] == []
    assert report["counts"] == {"passed": 0, "flaky": 1, "failed": 0, "broken": 0}
    assert "<system-out>flaky: passed at attempt 2\n" in (tmp_path / "j.xml").read_text()


@pytest.mark.usefixtures("flaky_shop")
def test_flaky_can_fail_the_run(cli: Cli) -> None:
    done = cli("run", "s.yaml", "--retries", "1", "--fail-on", "flaky")
    assert done.code == 1
    assert "exit 1: a scenario passed only at a retry" in done.out


@pytest.mark.usefixtures("flaky_shop")
def test_without_retries_it_is_broken(cli: Cli) -> None:
    assert cli("run", "s.yaml").code == 3
