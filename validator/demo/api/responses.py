"""The bodies of the API's errors.

Source: https://api-docs.connectif.cloud/connectif-api/guides/custom-error-codes
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify


def problem_response(status: int, title: str, detail: str, **more: Any) -> Response:
    response = jsonify(status=status, title=title, detail=detail, **more)
    response.status_code = status
    return response


def rejected_response(code: str, detail: str, **more: Any) -> Response:
    """Return HTTP 400 with one of the documented codes."""
    return problem_response(400, "Bad Request", detail, code=code, **more)


def invalid_response(faults: list[dict[str, str]]) -> Response:
    detail = "The request is not valid."
    return problem_response(422, "Unprocessable Entity", detail, validationErrors=faults)


def resource_response(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
