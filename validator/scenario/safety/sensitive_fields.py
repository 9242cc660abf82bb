"""Recognises form fields with sensitive content, such as passwords, by their names."""

from __future__ import annotations

import re

# English, Spanish, Catalan, Portuguese, French, German and Italian names of such fields.
PASSWORD_FIELD = re.compile(
    r"pass(word|phrase|code|wd)?\b|passwor[dt]|contrase(ñ|n)a|contrasenya|\bclave\b|\bsenha\b"
    r"|mot de passe|passwort|kennwort",
    re.IGNORECASE,
)
CARD_NUMBER_FIELD = re.compile(
    r"card number|n(ú|u)mero de (la )?tarjeta|n(ú|u)mero de (la )?targeta|kartennummer"
    r"|num(é|e)ro de (la )?carte|numero (della )?carta|n(ú|u)mero do cart(ã|a)o",
    re.IGNORECASE,
)
CARD_CODE_FIELD = re.compile(
    r"\bcv[cv]2?\b|security code|c(ó|o)digo de seguridad|cryptogramme|pr(ü|u)fziffer",
    re.IGNORECASE,
)
