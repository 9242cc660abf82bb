"""The wheel as a user gets it: built from the sdist, installed away from the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

# Several at once would each build and install.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

# A declared encoding is what most pages have, and what needs another library to read.
BAD_PAGE = (
    '<meta charset="windows-1252">'
    '<div class="cn_purchase"><span class="purchase_id">P1</span></div>'
)


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        f"--outdir={folder}",
        str(repository),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``cn-validator`` in an environment that holds only what the wheel asks for."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    # The two commands load few of the modules: compiling them all takes longer.
    install = [*pip, "install", "--quiet", "--no-compile", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "bin" / "cn-validator"


def test_the_wheel_holds_all_that_the_checkout_runs_with(wheel: Path, repository: Path) -> None:
    wanted = {
        f"validator/{path.relative_to(repository)}".replace("validator/validator/", "validator/")
        for folder in ("validator", "schemas", "scenarios")
        for path in (repository / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        assert wanted - set(archive.namelist()) == set()


def test_an_installed_check_finds_what_is_wrong_with_a_file(command: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(BAD_PAGE)
    answer = subprocess.run(
        [command, "check", "page.html"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1, answer.stderr
    assert "total_quantity" in answer.stdout


def test_an_installed_schema_is_printed(command: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [command, "schema", "cn_purchase"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def install_lines(steps: list[str | dict[str, str]]) -> list[str]:
    """Return the commands of a pipeline up to the one that installs cn-validator."""
    commands = [step if isinstance(step, str) else step.get("run", "") for step in steps]
    lines = [line for command in commands for line in command.splitlines()]
    (last,) = [number for number, line in enumerate(lines) if "pip install" in line]
    return lines[: last + 1]


def install_with(lines: list[str], folder: Path) -> str:
    """Run the lines with a Python that has nothing installed; return the version of the command."""
    venv.create(folder, symlinks=True, with_pip=True)
    environ = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"} | {
        # Another user may own the checkout, and nothing is run often enough to compile it.
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        "PIP_NO_COMPILE": "1", "PYTHONPATH": "",
    }  # fmt: skip
    script = "\n".join([*lines, "cn-validator --version"])
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def test_the_install_lines_of_each_pipeline_work_in_an_empty_environment(
    command: Path, repository: Path, tmp_path: Path
) -> None:
    """GitHub's has the wheel that was installed; the others are given a revision."""
    revision = subprocess.run(
        ["git", "-c", "safe.directory=*", "rev-parse", "HEAD"],
        cwd=repository, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    source = f"git+{repository.as_uri()}@{revision}#egg=cn-tag-validator"
    for server in ("github", "gitlab", "jenkins"):
        given = [] if server == "github" else [f"--install={source}"]
        init = [command, "init", "https://shop.example", "--ci", server, *given]
        subprocess.run(init, cwd=tmp_path, check=True, capture_output=True)
    github = yaml.safe_load((tmp_path / ".github/workflows/cn-validator.yml").read_text())
    gitlab = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text())
    repository_lines = install_lines(gitlab["cn-validator"]["script"])
    for lines in (install_lines(github["jobs"]["checkout"]["steps"]), repository_lines):
        assert install_with(lines, tmp_path / f"empty{len(lines)}").startswith("cn-validator, ")
    groovy = re.findall(r"^ +sh '((?:[^'\\]|\\.)+)'$", (tmp_path / "Jenkinsfile").read_text(), re.M)
    assert [re.sub(r"\\(.)", r"\1", line) for line in groovy][:2] == repository_lines
