"""A typed client of the documented Connectif API: https://api-docs.connectif.cloud/connectif-api.

``client`` has the endpoints, ``purchases`` the types, ``errors`` the refusals with their remedies,
``api_settings`` the key and the limits that Connectif does not document. The names of ``__all__``
are public; they are loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from validator.connectif_api.api_settings import ApiSettings
    from validator.connectif_api.client import ConnectifApi, CreationOutcome, open_connectif_api
    from validator.connectif_api.errors import ApiError, TransientError
    from validator.connectif_api.purchases import (
        PurchaseCreation,
        PurchaseProduct,
        RecordedPurchase,
    )

__all__ = [
    "ApiError",
    "ApiSettings",
    "ConnectifApi",
    "CreationOutcome",
    "PurchaseCreation",
    "PurchaseProduct",
    "RecordedPurchase",
    "TransientError",
    "open_connectif_api",
]

_MODULES = MappingProxyType(
    {
        "ApiError": "errors",
        "ApiSettings": "api_settings",
        "PurchaseCreation": "purchases",
        "PurchaseProduct": "purchases",
        "RecordedPurchase": "purchases",
        "TransientError": "errors",
    }
)
"""Name → its module; all others are in ``client``."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'client')}"), name)
