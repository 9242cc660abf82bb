from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from validator.core.errors import InputError
from validator.core.installation import install_command
from validator.demo import FAULTS, Demo, demo_servers


def test_the_three_servers_are_three_origins(demo: Demo) -> None:
    urls = (demo.shop_url, demo.payment_url, demo.collector_url)
    assert len({urlsplit(url).netloc for url in urls}) == 3
    assert urlsplit(demo.shop_url).hostname == "127.0.0.1"
    assert urlsplit(demo.payment_url).hostname == "localhost"


def test_servers_answer_as_soon_as_the_block_is_entered(demo: Demo) -> None:
    for url in (demo.shop_url, demo.payment_url, demo.collector_url):
        assert httpx.get(url).status_code == 200


def test_servers_are_gone_when_the_block_is_left() -> None:
    with demo_servers() as demo:
        pass
    # Refused or reset, as the system likes it: nobody answers.
    with pytest.raises(httpx.TransportError):
        httpx.get(demo.shop_url)


def test_a_freed_port_can_be_used_again() -> None:
    with demo_servers() as demo:
        port = urlsplit(demo.shop_url).port or 0
        httpx.get(demo.shop_url)
    with demo_servers(shop_port=port) as again:
        assert again.shop_url == demo.shop_url


def test_requests_are_not_logged(demo: Demo, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "werkzeug"):
        httpx.get(demo.shop_url)
        httpx.get(demo.shop_url + "/nowhere")
    assert [record for record in caplog.records if record.name == "werkzeug"] == []


@pytest.mark.parametrize(
    ("port", "option"),
    [
        ("shop_port", "--shop-port"),
        ("payment_port", "--payment-port"),
        ("collector_port", "--collector-port"),
    ],
)
def test_a_busy_port_is_named_with_its_option(port: str, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(InputError) as caught, demo_servers(**{port: number}):
            pass
    (finding,) = caught.value.findings
    assert finding.message == f"port {number} of 127.0.0.1 cannot be used: Address already in use"
    assert finding.hint == f"choose another port with {option}, or 0 for any free one"


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be used: ports are numbers"):
        demo_servers(shop_port=70_000).__enter__()


def test_an_unknown_fault_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="no fault 'coma-decimals'") as caught:
        demo_servers(fault="coma-decimals").__enter__()
    assert caught.value.findings[0].hint == 'did you mean "comma-decimals"?'


def test_orders_go_to_the_database_that_is_named(
    tmp_path: Path, order: Callable[..., httpx.Response]
) -> None:
    for _ in range(2):
        with demo_servers(database=tmp_path / "orders.sqlite") as demo:
            order(demo)
            orders = demo.orders()
    assert [placed.payment for placed in orders] == ["transfer", "transfer"]


def test_the_list_of_faults_needs_no_web_framework() -> None:
    program = "import sys, validator.demo; sys.exit(int('flask' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_missing_web_framework_is_said_with_its_remedy() -> None:
    program = (
        "import sys; sys.modules['flask'] = None\n"
        "from validator.demo import demo_servers\n"
        "from validator.core.errors import InputError\n"
        "try:\n    demo_servers().__enter__()\n"
        "except InputError as error:\n    print(error.findings[0].hint)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == install_command("demo")


def test_each_fault_is_described_in_one_line() -> None:
    assert len(FAULTS) >= 16
    assert all(text and "\n" not in text and len(text) < 80 for text in FAULTS.values())
