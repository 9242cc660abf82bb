"""The API's refusals and failures, each with its remedy.

Sources: https://api-docs.connectif.cloud/connectif-api/guides/custom-error-codes,
https://api-docs.connectif.cloud/connectif-api/reference/purchases/post-purchase
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from validator.core.errors import ServiceError


class ApiError(ServiceError):
    """Any of them. ``status`` is the HTTP status; None without an answer."""

    remedy = "look at Connectif's API documentation for what this means"

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message, self.remedy)


class TransientError(ApiError):
    """A repetition may succeed. ``is_done``: whether the request was executed; None: unknown."""

    remedy = "run it again: what is done already is not done twice"

    def __init__(
        self,
        message: str,
        status: int | None = None,
        *,
        retry_after: float | None = None,
        is_done: bool | None = None,
    ) -> None:
        self.retry_after = retry_after
        self.is_done = is_done
        super().__init__(message, status)


class UnreachableError(TransientError):
    """No connection, a lost one, or no answer in time."""

    remedy = (
        "check the network and CONNECTIF_API_URL, then run it again: "
        "what is done already is not done twice"
    )


class ServerError(TransientError):
    """HTTP 5xx."""


class TooManyRequestsError(TransientError):
    """HTTP 429: "requests rate limit reached"."""

    remedy = "ask for less a minute with --rate, or run it again later"


class UnauthorizedError(ApiError):
    """HTTP 401."""

    remedy = "CONNECTIF_API_KEY names no key of this store: copy it again from Connectif"


class ForbiddenError(ApiError):
    """HTTP 403."""

    remedy = (
        "the key has no scope for this: give it Read and Write for purchases, contacts and "
        "products in Connectif's settings"
    )


class InvalidValuesError(ApiError):
    """HTTP 422. ``faults`` are the paths and reasons that the API gives."""

    remedy = "correct these values in the input"

    def __init__(self, message: str, faults: tuple[tuple[str, str], ...]) -> None:
        self.faults = faults
        super().__init__(message, 422)


class UnexpectedResponseError(ApiError):
    """An answer that is not documented or not readable."""

    remedy = "check that CONNECTIF_API_URL is the Connectif API"


class RefusedError(ApiError):
    """HTTP 400 with a code. ``more`` is the body of the answer."""

    code = ""

    def __init__(self, message: str, more: Mapping[str, Any]) -> None:
        self.more = more
        super().__init__(message, 400)

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The products it names; the documentation's example spells the key differently."""
        named = self.more.get("productIds", self.more.get("productsId"))
        return tuple(map(str, named)) if isinstance(named, list) else ()


class ContactMissingError(RefusedError):
    """E0101: the contact does not exist."""

    code, remedy = "E0101", "create the contact first"


class ProductsMissingError(RefusedError):
    """E0102: products are not in the catalogue."""

    code, remedy = "E0102", "create the products first"


class DomainError(RefusedError):
    """E0103: a product's URL is of a domain that is not authorised."""

    code = "E0103"
    remedy = "add the domain to the store's allowed domains in Connectif, or correct the URL"


class ProductDomainError(DomainError):
    """E0201: likewise, of a product that is created or changed."""

    code = "E0201"


class ExportQueueError(RefusedError):
    """E0301: at most five exports can be queued."""

    code, remedy = "E0301", "wait until one of the exports in Connectif is finished"


class ImportQueueError(RefusedError):
    """E0401: at most ten imports can be queued."""

    code, remedy = "E0401", "wait until one of the imports in Connectif is finished"


class EventContactError(RefusedError):
    """E0501: a custom event of a contact that does not exist."""

    code, remedy = "E0501", "create the contact first"


ERRORS_BY_CODE: Mapping[str, type[RefusedError]] = MappingProxyType(
    {
        error.code: error
        for error in (
            ContactMissingError,
            ProductsMissingError,
            DomainError,
            ProductDomainError,
            ExportQueueError,
            ImportQueueError,
            EventContactError,
        )
    }
)
