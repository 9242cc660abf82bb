"""A shop that counts its orders, with a scenario for each of some customers."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.conftest import Answer

if TYPE_CHECKING:
    from tests.conftest import Site

TAG = (
    '<div class="cn_purchase"><b class="purchase_id">{0}</b><b class="total_quantity">1</b>'
    '<b class="total_price">1.00</b></div>'
)


class OrderingShop(dict[str, Answer]):
    """The pages of the shop. ``orders`` is its database; it tells when a page is asked for."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self.orders: list[str] = []
        self.asked: defaultdict[str, threading.Event] = defaultdict(threading.Event)

    def get(self, path: str, default: Any = None) -> Any:
        self.visits.append(path)
        if path.startswith("/order/"):
            self.orders.append(path.removeprefix("/order/"))
        self.asked[path].set()
        return super().get(path, default)


def tag_page(purchase_id: str) -> str:
    """Return the page after an order."""
    return TAG.format(purchase_id)


def build_shop(site: Site, folder: Path, *names: str) -> OrderingShop:
    """Give a site ``/basket/NAME`` and ``/order/NAME``, and write ``scenarios/NAME.yaml``."""
    shop = OrderingShop()
    site.pages = shop
    (folder / "scenarios").mkdir()
    for name in names:
        site.page(f"/basket/{name}", f'<a href="/order/{name}">Place order</a>')
        url = site.page(f"/order/{name}", tag_page(name))
        scenario = {
            "name": name,
            "base_url": site.url,
            "steps": [{"goto": f"/basket/{name}"}, {"click": {"text": "Place order"}}],
            "confirmation": {"url": url},
        }
        (folder / "scenarios" / f"{name}.yaml").write_text(json.dumps(scenario))
    return shop
