"""``cn-validator demo --api``: what a person starts to try the other commands with."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from validator.cli import invoke


def test_the_api_says_where_it_is_and_keeps_its_state(tmp_path: Path) -> None:
    for is_known in (False, True):
        arguments = ("--api", "--api-port", "0", "--api-state", "api.sqlite")
        server = subprocess.Popen(
            [sys.executable, "-m", "validator", "demo", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        said = "".join(server.stdout.readline() for _ in range(5))
        known = dict(re.findall(r"export (\w+)=(\S+)", said))
        headers = {"Authorization": f"apiKey {known['CONNECTIF_API_KEY']}"}
        with httpx.Client(base_url=known["CONNECTIF_API_URL"], headers=headers) as client:
            # Of a product that it knows, nothing more is needed.
            status = client.patch("/products/product-id/x", json={}).status_code
            body = {"name": "X", "productDetailUrl": "https://x.example", "unitPrice": 1}
            client.patch("/products/product-id/x", json=body)
        server.send_signal(signal.SIGTERM)
        rest, _ = server.communicate()
        assert (server.returncode, rest) == (0, "Stopped.\n")
        assert status == (200 if is_known else 422)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--api-fault", "429=1"], "need --api"),
        (["--api", "--api-fault", "drops=1"], 'did you mean "drop"?'),
        (["--api", "--api-fault", "429"], '"" is not a number'),
        (["--api", "--api-state", "."], "cannot store its state"),
    ],
)
def test_what_cannot_be_is_said(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert invoke(["demo", *arguments, "--api-port", "0"]) == 2
    assert message in capsys.readouterr().err
