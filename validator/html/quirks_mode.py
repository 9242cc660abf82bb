"""Does a page's doctype put a browser into quirks mode?

https://html.spec.whatwg.org/multipage/parsing.html#the-initial-insertion-mode
"""

from __future__ import annotations

import re

_DOCTYPE = re.compile(
    r"""(?:[\t\n\f\r \ufeff]|<!--(?:-?>|.*?--!?>)|<\?[^>]*>|</[^a-zA-Z][^>]*>)*+
    <!doctype[\t\n\f\r ]*(?P<name>[^\t\n\f\r >]*)[\t\n\f\r ]*
    (?:public[\t\n\f\r ]*(?P<q>["'])(?P<public>[^>]*?)(?P=q)[\t\n\f\r ]*(?P<system>["'])?)?
    (?:system[\t\n\f\r ]*["']http://www\.ibm\.com/data/dtd/v11/(?P<ibm>ibmxhtml1-transitional))?
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_QUIRKS_PUBLIC_IDS = (
    "-//w3o//dtd w3 html strict 3.0//en//",
    "-/w3c/dtd html 4.0 transitional/en",
    "html",
)
_QUIRKS_PUBLIC_ID_PREFIXES = (
    "+//silmaril//",
    "-//as//dtd html 3.0 aswedit",
    "-//advasoft ltd//dtd html 3.0 aswedit",
    "-//ietf//dtd html",
    "-//metrius//dtd metrius presentational//",
    "-//microsoft//dtd internet explorer ",
    "-//netscape comm. corp.//dtd ",
    "-//o'reilly and associates//dtd html ",
    "-//sq//dtd html 2.0 hotmetal",
    "-//softquad software//dtd hotmetal pro 6",
    "-//softquad//dtd hotmetal pro 4",
    "-//spyglass//dtd html 2.0 extended//",
    "-//sun microsystems corp.//dtd hotjava ",
    "-//w3c//dtd html 3 ",
    "-//w3c//dtd html 3.2",
    "-//w3c//dtd html 4.0 frameset//",
    "-//w3c//dtd html 4.0 transitional//",
    "-//w3c//dtd html experimental ",
    "-//w3c//dtd w3 html ",
    "-//w3o//dtd w3 html 3.0//",
    "-//webtechs//dtd mozilla html ",
)
_QUIRKS_PREFIXES_WITHOUT_SYSTEM_ID = (
    "-//w3c//dtd html 4.01 frameset//",
    "-//w3c//dtd html 4.01 transitional//",
)


def has_quirks_doctype(source: str) -> bool:
    """Tell whether a page is shown in quirks mode: it has no doctype, or one of another age."""
    found = _DOCTYPE.match(source)
    if found is None or found["name"].lower() != "html":
        return True
    public = (found["public"] or "").lower()
    return (
        bool(found["ibm"])
        or public in _QUIRKS_PUBLIC_IDS
        or public.startswith(_QUIRKS_PUBLIC_ID_PREFIXES)
        or (public.startswith(_QUIRKS_PREFIXES_WITHOUT_SYSTEM_ID) and not found["system"])
    )
