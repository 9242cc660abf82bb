"""The README is executed: every command and every scenario in it, against the bundled shop.

``UPDATE_GOLDEN=1 pytest tests/test_readme.py`` renews its table of fields.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from validator.demo import Demo, demo_servers
from validator.scenario.files import bundled_scenarios

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+?)   # (.+)$", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"^```(yaml|json)\n(.+?)^```", TEXT, re.MULTILINE | re.DOTALL)
CONFIGS = [text for _, text in BLOCKS if text.startswith("# cn-validator.yaml\n")]
SCENARIOS = [text for kind, text in BLOCKS if kind == "yaml" and text not in CONFIGS]
CONTRACTS = [text for kind, text in BLOCKS if kind == "json"]
STAGING = "https://staging.shop.example"
TABLE = re.compile(r"(?<=<!-- fields: begin -->\n).*(?=<!-- fields: end -->)", re.DOTALL)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demo_servers() as servers:
        yield servers


@pytest.fixture(scope="module")
def environ(demo: Demo) -> dict[str, str]:
    """What the README's reader has set: the command on PATH, the shop, a test card."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SHOP_URL": demo.shop_url,
        "PAYMENT_URL": demo.payment_url,
        "CARD_NUMBER": "4111 1111 1111 1111",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's scenario among the bundled ones, and a page that is wrong.

    Its configuration and contract hold for all commands.
    """
    folder = tmp_path_factory.mktemp("reader")
    # Those of the ways to pay are many, and some are broken on purpose.
    others = shutil.ignore_patterns("payment")
    shutil.copytree(bundled_scenarios(), folder / "scenarios", ignore=others)
    for number, block in enumerate(SCENARIOS):
        (folder / "scenarios" / f"readme-{number}.yaml").write_text(block, encoding="utf-8")
    (folder / "contracts").mkdir()
    (folder / "contracts" / "purchase.json").write_text(*CONTRACTS)
    (folder / "cn-validator.yaml").write_text(*CONFIGS)
    (folder / "confirmation.html").write_text(
        '<div class="cn_purchase"><b class="purchase_id">1</b><b class="total_quantity">1</b>'
        '<b class="total_price">1.234,56</b></div>'
    )
    return folder


@pytest.fixture(scope="module")
def confirmation(folder: Path, environ: dict[str, str]) -> str:
    """The address of a real order's confirmation page."""
    command = ["cn-validator", "run", "scenarios/bank-transfer.yaml", "--report", "json"]
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    url: str = json.loads(done.stdout)["results"][0]["outcome"]["url"]
    return url


def test_there_are_commands_and_a_scenario_to_execute() -> None:
    assert len(COMMANDS) >= 10
    assert len(SCENARIOS) >= 1
    assert (len(CONFIGS), len(CONTRACTS)) == (1, 1)
    assert TEXT.count("\n$ ") == len(COMMANDS), "each command says how it ends"


@pytest.mark.browser
@pytest.mark.parametrize(("command", "ends"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_each_command_ends_as_the_readme_says(
    command: str, ends: str, folder: Path, environ: dict[str, str], confirmation: str
) -> None:
    command = command.replace(f"{STAGING}/order-confirmation/1042", confirmation)
    command = command.replace(STAGING, environ["SHOP_URL"])
    if ends == "until Ctrl-C":
        assert _interrupted(command, folder, environ) == 0
        return
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"exit {done.returncode}" == ends, done.stdout + done.stderr
    assert done.stdout


def _interrupted(command: str, folder: Path, environ: dict[str, str]) -> int:
    any_ports = "--shop-port 0 --payment-port 0 --collector-port 0"
    with subprocess.Popen(
        [*command.split(), *any_ports.split()],
        cwd=folder, env={**environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        while "Ctrl-C" not in running.stdout.readline():
            pass
        running.send_signal(signal.SIGINT)
        return running.wait(timeout=30)


def test_every_make_target_it_names_exists() -> None:
    targets = re.findall(r"^(\w+):.*##", (README.parent / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make (\w+)", TEXT, re.MULTILINE)) <= set(targets)


def test_the_table_of_fields_is_what_the_schema_says(environ: dict[str, str]) -> None:
    command = ["cn-validator", "schema", "cn_purchase", "--table"]
    table = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    if os.environ.get("UPDATE_GOLDEN"):
        README.write_text(TABLE.sub(lambda _: table, TEXT), encoding="utf-8")
    found = TABLE.findall(README.read_text(encoding="utf-8"))
    assert found == [table], "README.md does not match schemas/: renew it by `make readme`"


def test_the_picture_shows_a_finding_of_a_real_run() -> None:
    svg = (README.parent / "docs" / "terminal.svg").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", "", svg).replace("&#160;", " ")
    assert "decimal-format" in words
    assert "recorded by Connectif: 133" in words


def test_the_exit_codes_are_those_of_the_command() -> None:
    from validator.core.exit_code import ExitCode

    documented = re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)
    assert [int(code) for code in documented] == list(ExitCode)
