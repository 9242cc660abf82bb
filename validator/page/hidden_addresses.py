"""Texts that a content delivery network or a shop system puts in place of e-mail addresses.

Everything with an @ may be hidden: Cloudflare takes "300K@12V" for an address as well. A script
shows it again, but the Connectif script may have read the page before.
"""

from __future__ import annotations

import re

from validator.core.capture import CapturedTag
from validator.core.document import Location
from validator.html.dom import Element
from validator.page.tag_fields import find_tag_element

_HIDDEN = re.compile(
    r"\[e-?mail[\s\xa0]+protected\]"
    r"|\[(?:(?:e-?mail|correo(?:[\s\xa0]electrónico)?)[\s\xa0](?:proteg\w+|protég\w+|protett\w+|geschützt)"
    r"|protected[\s\xa0]e-?mail)\]|/cdn-cgi/l/email-protection"
    r"|(?:protected|proteg\w+|prot[eé]g\w+|protett\w+)[^.!?]{0,40}\bspam ?bots"  # Joomla
    r"|vor spam ?bots geschützt",
    re.IGNORECASE,
)
_MAX_HEX_DIGITS = 1_000


def find_hidden_address(text: str) -> str:
    """Return what stands in a text in place of an address; "" for nothing."""
    found = _HIDDEN.search(text)
    return found[0].strip() if found else ""


def decode_addresses(tag: CapturedTag, place: Location) -> tuple[str, ...]:
    """Return the addresses that Cloudflare has hidden in the element at a place."""
    tree, root = find_tag_element(tag)
    elements = [root, *tree.descendants(root)] if root else []
    here = place.line or 1, place.column or 1
    holder = next((each for each in elements if tree.place(each.start) == here), None)
    if holder is None:
        return ()
    inside = (holder, *tree.descendants(holder))
    return tuple(filter(None, (_decode(each) for each in inside)))


def _decode(element: Element) -> str:
    """Decode an attribute in which the first byte is the key of the others."""
    digits = element.attributes.get("data-cfemail", "")[:_MAX_HEX_DIGITS]
    try:
        key, *letters = bytes.fromhex(digits)
        return bytes(letter ^ key for letter in letters).decode()
    except ValueError:
        return ""
