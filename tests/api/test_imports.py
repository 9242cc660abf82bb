"""What the Python API imports: neither the command line nor, for HTML, a browser."""

from __future__ import annotations

import subprocess
import sys

import pytest

CALLS = {
    "check_html": "validator.check_html('<div class=\"cn_purchase\"></div>')",
    "explain": "validator.explain(validator.check_html('<p>'))",
    "run_scenarios": "validator.run_scenarios",
}


def loaded_modules(call: str) -> set[str]:
    program = f"import sys, validator; {call}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("function", CALLS)
def test_the_api_does_not_load_the_command_line(function: str) -> None:
    loaded = loaded_modules(CALLS[function])
    assert "validator.api" in loaded
    assert loaded.isdisjoint({"click", "cloup", "validator.cli"})


def test_html_is_checked_without_a_browser_and_a_network() -> None:
    assert loaded_modules(CALLS["check_html"]).isdisjoint({"playwright", "httpx", "flask"})
