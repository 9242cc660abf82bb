"""Which pages are the shop's, for a customer who comes back from a payment page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from validator.browser.journey import Journey
from validator.core.urls import find_site, is_web_url, parse_origin
from validator.scenario.model.template import UnsavedVariable
from validator.scenario.safety.allowed_hosts import AllowedHosts, find_allowed_hosts


@dataclass(frozen=True, slots=True)
class ShopPages:
    """The pages of a shop, which may have several hosts: with or without www, one for each country.

    ``origins`` are where the journey has been, and ``sites`` their domains. A page of another host
    is the shop's if it is the order confirmation: arrival there decides. The payment page's own
    origin never is.
    """

    journey: Journey
    origins: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    payment_url: str = ""
    hosts: AllowedHosts | None = None
    is_own_payment: bool = False
    """The payment page is at an origin of the shop itself."""

    def __contains__(self, url: str) -> bool:
        return self.is_known(url) or self.is_confirmation(url)

    def is_known(self, url: str) -> bool:
        """Tell whether the journey has been at the origin of a page, or elsewhere on its site."""
        if not is_web_url(url) or self.is_payment(url):
            return False
        return parse_origin(url) in self.origins or find_site(url) in self.sites

    def is_payment(self, url: str) -> bool:
        return parse_origin(url) == parse_origin(self.payment_url)

    def may_confirm(self, url: str) -> bool:
        """Tell whether the order may be confirmed at the host of a page."""
        is_allowed = self.hosts is None or self.hosts.allow(url)
        is_bank = self.is_payment(url) and not self.is_own_payment
        return is_web_url(url) and is_allowed and not is_bank

    def is_confirmation(self, url: str) -> bool:
        """Tell whether a page of an allowed host has the address of the order confirmation."""
        glob = self._confirmation_glob()
        return bool(glob) and self.may_confirm(url) and self.journey.matches(glob, url)

    def describe_new_host(self, url: str) -> str:
        """Return the host of a page, if the journey had not been there before the payment."""
        return "" if parse_origin(url) in self.origins else urlsplit(url).netloc

    def _confirmation_glob(self) -> str:
        """Return the glob of the confirmation; empty for one that says nothing of a page."""
        confirmation = self.journey.scenario.confirmation
        if confirmation is None or confirmation.url is None:
            return ""
        try:
            glob = confirmation.url.render(self.journey.saved)
        except UnsavedVariable:
            return ""
        others = (self.payment_url, *self.journey.left_pages)
        return "" if any(self.journey.matches(glob, each) for each in others) else glob


def find_shop_pages(journey: Journey, payment_url: str) -> ShopPages:
    """Return the shop's pages, as the journey knows them at its payment page."""
    known = {origin for origin in journey.home if origin.startswith("http")}
    if journey.scenario.base_url:
        known.add(parse_origin(journey.scenario.base_url))
    payment = parse_origin(payment_url)
    # The step of the payment itself begins at the payment page.
    is_own_payment = payment in {
        parse_origin(each) for each in (journey.scenario.base_url or "", *journey.left_pages)
    }
    known -= {payment, journey.payment_origin}
    return ShopPages(
        journey,
        frozenset(known),
        frozenset(map(find_site, known)) - {find_site(payment_url)},
        payment_url,
        find_allowed_hosts(journey.scenario),
        is_own_payment,
    )
