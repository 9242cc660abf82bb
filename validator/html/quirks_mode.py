"""Decides by its doctype whether a page is shown in quirks mode.

https://html.spec.whatwg.org/multipage/parsing.html#the-initial-insertion-mode
"""

from __future__ import annotations

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


_QUIRKY_SYSTEM = "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"


def has_quirks_doctype(name: str | None, public_id: str | None, system_id: str | None) -> bool:
    """Tell whether a page with such a doctype is shown in quirks mode."""
    public = (public_id or "").lower()
    return (
        name != "html"
        or (system_id or "").lower() == _QUIRKY_SYSTEM
        or public in _QUIRKS_PUBLIC_IDS
        or public.startswith(_QUIRKS_PUBLIC_ID_PREFIXES)
        or (system_id is None and public.startswith(_QUIRKS_PREFIXES_WITHOUT_SYSTEM_ID))
    )
