"""HTTP answers as named errors. The text of an answer is untrusted and may repeat the key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from validator.connectif_api.errors import (
    ERRORS_BY_CODE,
    ApiError,
    ForbiddenError,
    InvalidValuesError,
    RefusedError,
    ServerError,
    TooManyRequestsError,
    TransientError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from validator.core.redaction import Redactor

_MAX_DETAIL_LENGTH = 300


def parse_body(response: httpx.Response) -> Mapping[str, Any]:
    """Return the JSON object of an answer, amounts as Decimal. Raises UnexpectedResponseError."""
    try:
        body = json.loads(response.content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        message = f"{_request_label(response)} answered HTTP {response.status_code} without JSON"
        raise UnexpectedResponseError(message, response.status_code) from error
    if not isinstance(body, dict):
        message = f"{_request_label(response)} answered something else than a JSON object"
        raise UnexpectedResponseError(message, response.status_code)
    return body


def find_transient_error(response: httpx.Response, redactor: Redactor) -> TransientError | None:
    """Return the error of an answer after which a repetition may succeed."""
    status, detail = response.status_code, _detail(response, redactor)
    if status == 429:
        message = f"{_request_label(response)} answered HTTP 429: {detail or 'too many requests'}"
        return TooManyRequestsError(message, 429, retry_after=_retry_after(response), is_done=False)
    if status >= 500:
        wait = _retry_after(response)
        message = f"{_request_label(response)} answered HTTP {status}{_detail_suffix(detail)}"
        return ServerError(message, status, retry_after=wait)
    return None


def build_api_error(response: httpx.Response, redactor: Redactor) -> ApiError:
    """Return the named error of an answer that is final."""
    status = response.status_code
    message = (
        f"{_request_label(response)} answered HTTP "
        f"{status}{_detail_suffix(_detail(response, redactor))}"
    )
    if status == 401:
        return UnauthorizedError(message, status)
    if status == 403:
        return ForbiddenError(message, status)
    said = _error_body(response)
    if status == 422:
        faults = tuple(
            (redactor.text(path), redactor.text(reason))
            for path, reason in _validation_errors(said)
        )
        named = "; ".join(f"{path or 'the body'} {reason}" for path, reason in faults)
        return InvalidValuesError(
            f"{_request_label(response)} answered HTTP 422: {named or message}", faults
        )
    code = str(said.get("code", ""))
    if status == 400 and code:
        kind = ERRORS_BY_CODE.get(code, RefusedError)
        return kind(f"{message} ({redactor.text(code)[:20]})", said)
    return UnexpectedResponseError(message, status)


def _validation_errors(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    errors = said.get("validationErrors")
    return [
        (str(error.get("path", ""))[:100], str(error.get("reason", ""))[:_MAX_DETAIL_LENGTH])
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, dict)
    ]


def _request_label(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.path}"


def _detail_suffix(detail: str) -> str:
    return f": {detail}" if detail else ""


def _error_body(response: httpx.Response) -> Mapping[str, Any]:
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _detail(response: httpx.Response, redactor: Redactor) -> str:
    said = _error_body(response)
    return redactor.text(str(said.get("detail") or said.get("title") or "")[:_MAX_DETAIL_LENGTH])


def _retry_after(response: httpx.Response) -> float | None:
    """Return seconds; the header may also be a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
