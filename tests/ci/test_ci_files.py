"""The files for CI servers: valid for tools that are not ours, and their scripts are run.

No container is built here, and no CI server is asked: what an image weighs, and how a server
takes its file, is not tested.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from validator.cli.demo import SERVE_PORTS
from validator.cli.run import command as run_command
from validator.report import FORMATS

if TYPE_CHECKING:
    from tests.conftest import Site

REPOSITORY = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
DOCUMENTATION = (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8")
FILES = ("action.yml", "ci/gitlab.yml", "ci/Jenkinsfile", "docs/ci.md")
EXAMPLES = re.findall(r"^```yaml\n# (\S+)\n(.+?)^```", DOCUMENTATION, re.MULTILINE | re.DOTALL)


def check_schema(name: str, file: Path) -> None:
    command = [str(TOOLS / "check-jsonschema"), "--builtin-schema", f"vendor.{name}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/systems.yml"),
        ("gitlab-ci", "ci/gitlab.yml"),
    ],
)
def test_each_file_is_valid(schema: str, file: str) -> None:
    check_schema(schema, REPOSITORY / file)


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_each_example_is_valid(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "example.yml"
    file.write_text(text)
    check_schema("gitlab-ci" if "gitlab" in name else "github-workflows", file)


def test_there_is_an_example_for_github_and_for_gitlab() -> None:
    assert [name for name, _ in EXAMPLES] == [".github/workflows/checkout.yml", ".gitlab-ci.yml"]


def test_the_image_is_made_as_its_linter_wants() -> None:
    done = subprocess.run(
        [TOOLS / "hadolint", "--failure-threshold", "style", "Dockerfile"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_ends_as_a_user_who_is_not_root() -> None:
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["1000"]


def test_what_the_image_is_built_of_is_there_and_sent_to_the_builder() -> None:
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    copied = [
        name
        for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE)
        for name in line.split()[:-1]
    ]
    sent = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8")
    assert copied
    for name in copied:
        assert (REPOSITORY / name).exists(), name
        assert f"!{name}\n" in sent, name


@pytest.mark.parametrize("file", FILES)
def test_the_options_and_formats_in_it_are_those_of_the_command(file: str) -> None:
    text = (REPOSITORY / file).read_text(encoding="utf-8")
    known = {option for each in run_command.params for option in each.opts}
    used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*(?==)|cn-validator run .*?(--[a-z-]+)", text))
    assert {option for option in used if option} <= known
    assert set(re.findall(r"(?:--report[ =]|^ +)(\w+)=cn-validator-results", text, re.M)) <= set(
        FORMATS
    )


def test_the_dev_container_forwards_the_ports_of_the_bundled_shop() -> None:
    text = (REPOSITORY / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    assert data["forwardPorts"] == list(SERVE_PORTS)
    assert "make setup" in data["postCreateCommand"]


def run_step(folder: Path, browser: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the script of the action's step, as a runner would; give code, text and outputs."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    given = {name: spec["default"] for name, spec in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    names = {name: re.findall(r"inputs\.([\w-]+)", text)[0] for name, text in step["env"].items()}
    environ = {
        **os.environ,
        "PATH": f"{TOOLS}:{os.environ['PATH']}",
        "CN_VALIDATOR_BROWSER": str(browser),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        **{name: given[asked] for name, asked in names.items()},
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, (folder / "outputs").read_text()


@pytest.mark.browser
def test_the_action_runs_scenarios_and_tells_how_that_ended(
    site: Site, tmp_path: Path, browser_path: Path
) -> None:
    site.page("/thanks", "<p>Thank you")
    for name, labels in (("with spaces", ["smoke"]), ("other", [])):
        scenario = {
            "name": name, "labels": labels, "base_url": "http://127.0.0.1:9",
            "steps": [{"goto": "/thanks"}], "expect": {"within": "50ms"},
        }  # fmt: skip
        (tmp_path / f"{name}.yaml").write_text(json.dumps(scenario))
    code, said, outputs = run_step(
        tmp_path,
        browser_path,
        scenarios="with spaces.yaml\nother.yaml\n",
        base_url=site.url,
        labels="smoke",
        options="--retries=1\n",
    )
    assert (code, outputs) == (1, "exit-code=1\n"), said
    assert "1 failed, 1 warning in" in said
    assert "::error title=with spaces%3A purchase-tag-missing," in said
    assert (tmp_path / "cn-validator-results" / "junit.xml").is_file()
    assert (tmp_path / "cn-validator-results" / "results.json").is_file()
    assert "purchase-tag-missing" in (tmp_path / "summary").read_text()


def test_what_is_given_to_the_action_is_never_code(tmp_path: Path, browser_path: Path) -> None:
    code, said, outputs = run_step(tmp_path, browser_path, scenarios="$(touch pwned)\n--help")
    assert (code, outputs) == (2, "exit-code=2\n"), said
    assert not (tmp_path / "pwned").exists()
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    assert "${{" not in step["run"]
