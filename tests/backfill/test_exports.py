"""Exports of shops, from the file through ``reconcile`` and ``backfill --apply`` to the API."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from validator.cli import invoke
from validator.demo import ApiOptions, api_server

CASES = Path(__file__).parent.parent / "cases" / "reconcile"


@pytest.mark.parametrize(
    ("name", "purchase_id", "total", "lines"),
    [
        ("shopify-to-backfill", "5123456789012", 59.7, {"mug": (1, 20), "flask": (2, 30)}),
        ("woocommerce-to-backfill", "1001", 25, {"mug": (1, 5), "cup": (2, 20)}),
        ("prestashop-fr-to-backfill", "11", 27.5, {"mug": (1, 5), "cup": (2, 20)}),
    ],
)
def test_every_line_of_a_missing_order_arrives(  # noqa: PLR0917 - a row of the table above
    name: str,
    purchase_id: str,
    total: float,
    lines: dict[str, tuple[int, float]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(CASES / name, tmp_path, dirs_exist_ok=True)
    reconcile, backfill = json.loads((tmp_path / "case.json").read_text())["commands"]
    monkeypatch.chdir(tmp_path)
    with api_server(ApiOptions()) as api:
        monkeypatch.setenv("CONNECTIF_API_URL", api.url)
        monkeypatch.setenv("CONNECTIF_API_KEY", api.key)
        assert invoke(reconcile) == 1
        assert invoke([*backfill, "--apply", "--rate", "60000"]) == 0
        (purchase,) = api.store.purchases()
    assert (purchase["purchaseId"], purchase["totalPrice"]) == (purchase_id, total)
    arrived = {
        each["productId"]: (each["quantity"], each["price"]) for each in purchase["products"]
    }
    assert arrived == lines
