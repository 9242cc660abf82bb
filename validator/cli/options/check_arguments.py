"""The arguments of ``check``, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from validator.cli.options.browser import BrowserOptions
from validator.cli.options.output import Output
from validator.contract.contracts import Contracts, default_tag_count
from validator.core.page_options import ClientCertificate, PageOptions
from validator.core.redaction import Redactor
from validator.rules.evaluate import ExpectedTag
from validator.run.page_check import PageCheck
from validator.run.policy import CheckPolicy
from validator.scenario.model.template import Secret


@dataclass(frozen=True, slots=True)
class CheckArguments:
    """The arguments of ``check``."""

    targets: tuple[str, ...]
    logins: dict[str, tuple[str, str]]
    within: float
    timeout: float
    tags: tuple[str, ...]
    count: int | None
    no_javascript: bool
    render: bool
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    auth: tuple[str, str] | None
    insecure: bool
    client_cert: Path | None
    user_agent: str | None
    device: str | None
    viewport: tuple[int, int] | None
    locale: str | None
    browser: BrowserOptions
    attach: str | None
    page_part: str
    policy: CheckPolicy
    output: Output

    @property
    def expected(self) -> str:
        """The tag that the check waits for."""
        return self.tags[0] if self.tags else "cn_purchase"

    @property
    def expected_count(self) -> int | None:
        """How many of the expected tag a page must have; None: one or more."""
        return default_tag_count(self.expected) if self.count is None else self.count

    @property
    def contracts(self) -> Contracts:
        """Raises InputError for a contract that cannot be used."""
        contracts = self.policy.contracts(self.expected)
        others = tuple(dict.fromkeys(self.tags[1:]))
        for tag in others:
            replace(self.policy, schema=None).contracts(tag)
        return replace(contracts, others=others, required_tags=others) if self.tags else contracts

    @property
    def page(self) -> PageOptions:
        return PageOptions(
            device=self.device,
            viewport=self.viewport,
            user_agent=self.user_agent,
            locale=self.locale,
            headers=dict(self.headers),
            cookies=dict(self.cookies),
            credentials=self.auth,
            logins=self.logins,
            ignore_https_errors=self.insecure or None,
            client_certificate=ClientCertificate(self.client_cert, self.client_cert)
            if self.client_cert
            else None,
        )

    def build_check(self) -> PageCheck:
        """Return what a page is checked against. Raises InputError as ``contracts`` does."""
        return PageCheck(
            self.contracts,
            ExpectedTag(self.expected, self.expected_count),
            Redactor(secret.value for secret in self.secrets),
        )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The texts that no report may show: all that gives access to the shop."""
        return tuple(Secret(name, value) for name, value in self.page.secrets())
