"""The wheel as a user gets it: built from the sdist, installed away from the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

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
