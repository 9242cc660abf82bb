"""What is lost where the Connectif script drops a tag, a product or a field."""

from __future__ import annotations

from validator.contract.fields import Field
from validator.core.document import Json
from validator.core.finding import Consequence
from validator.page.recorded_event import causes_drop

_CONSEQUENCE_BY_DROP = {"purchase": Consequence.PURCHASE_LOST, "item": Consequence.ITEM_LOST}


def empty_tag_consequence(tag: Field) -> Consequence:
    """Return the consequence of a tag without any field."""
    drops = (field.drop for field in tag.fields.values() if field.drop)
    return next(map(_drop_consequence, drops), Consequence.NOT_AS_DOCUMENTED)


def _drop_consequence(drop: str) -> Consequence:
    return _CONSEQUENCE_BY_DROP.get(drop, Consequence.TAG_LOST)


def find_loss(field: Field, text: Json) -> tuple[Consequence | None, str]:
    """Return what is lost with this text of a field (None: missing), and the end of a message.

    None and "" where nothing is lost.
    """
    if not causes_drop(field, text):
        return None, ""
    if field.drop == "item":
        return Consequence.ITEM_LOST, ": Connectif leaves this product out"
    return _drop_consequence(field.drop), f": Connectif drops the whole {field.drop}"
