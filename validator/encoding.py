"""The bytes of a page → its text, as a browser would guess.

https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
"""

from __future__ import annotations


def decode_html(content: bytes, charset: str | None = None) -> str:
    """Return the text; ``charset`` is the HTTP header's, which outranks the page's own word.

    Never fails: what fits no encoding is shown as U+FFFD.
    """
    if charset is None and b"charset" not in content[:4096].lower():
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    # Most pages are plain UTF-8: the library that knows the others is loaded for those alone.
    from bs4.dammit import EncodingDetector, UnicodeDammit

    if charset is None and _says_utf_16(EncodingDetector.find_declared_encoding(content, True)):
        # Whoever can read this word in the bytes is not reading UTF-16: the standard says UTF-8.
        return content.decode("utf-8-sig", errors="replace")
    known = [charset] if charset else []
    decoded = UnicodeDammit(content, known_definite_encodings=known, is_html=True).unicode_markup
    return decoded if decoded is not None else content.decode("utf-8", errors="replace")


def _says_utf_16(declared: str | None) -> bool:
    return declared is not None and declared.lower().startswith("utf-16")
