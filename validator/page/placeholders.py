"""Texts that are no values: template variables, and what languages print for a missing value.

Ids, numbers, dates and addresses are searched for more than prose, which may mention such texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from validator.contract.fields import Field
from validator.page.hidden_addresses import find_hidden_address


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands in place of a value, or of a part of it."""

    text: str
    is_certain: bool = True
    """False where the text may be intended."""


_TEMPLATE = re.compile(
    r"\{\{[^{}]{0,200}\}{0,3}"  # Jinja, Twig, Liquid, Handlebars, Angular, Vue, Tag Manager
    r"|\{%.{0,200}?%\}|\{\#.{1,200}?\#\}"
    r"|\{!!.{0,200}?!!\}|@(?:lang|json|php|if|isset)\("  # Blade
    r"|\{\$[^}]{1,200}\}|\{/?(?:if|foreach|literal|ldelim|hook|l s=)\b[^}]{0,200}\}"  # Smarty
    r"|[$#@]!?\{[^}]{1,200}\}"  # Ruby, JSP, Velocity, Thymeleaf, JavaScript
    r"|<%.{0,200}?%>|<\?(?:=|php).{0,200}?(?:\?>|\Z)"  # ERB, EJS, ASP, PHP
    r"|</?[#@][a-z][^<>]{0,200}>|<\$[^<>$]{1,200}\$?>"  # FreeMarker, Movable Type
    r"|</?(?:(?:[cfhst]|fmt|jsp|xsl|asp|tal|mvt|ui):[a-z][\w-]*|cfoutput|isprint|tmpl_var"
    r"|dtml-var)\b[^<>]{0,200}>"  # JSTL, XSLT, ASP.NET, Miva, ISML, HTML::Template, Zope
    r"|\[\[.{0,200}?\]\]|\[\(\$.{0,200}?\)\]"  # Angular, MODX, Thymeleaf
    r"|\*\|[^|]{1,60}\|\*|%%=?[A-Za-z_][^%]{0,100}%%"  # Mailchimp, AMPscript
    r"|\#{3}[A-Z_]{2,60}\#{3}|\$!\{?[a-z]\w*[.}]"  # TYPO3, Velocity
    r"|<<[A-Za-z_][^<>]{0,60}>>"  # mail merge
    r"|%(?:\d\$)?[sd]\b|%\(\w{1,60}\)[sdf]|%\{\w{1,60}\}",  # printf, Python, Ruby
    re.DOTALL,
)
"""The syntax of templates, by the engines that write it."""
_TEMPLATE_SIGN = re.compile(r"[{<\[%*#@$]")
"""A fast first search of long texts."""
_PRINTED_OBJECT = re.compile(
    r"\[[oO]bject \w+\]|function\b.{0,60}\[native code\].{0,5}"  # JavaScript
    r"|%!\w?\([^)]{1,60}\)"  # Go
    r"|\#<[A-Z]\w*(?:::\w+)*[ :>][^<>]{0,200}>?"  # Ruby
    r"|<[^<>]{1,100} at 0x[0-9a-fA-F]{4,}>|<(?:QuerySet|bound method|generator object)\b.{0,200}"
    r"|\b(?:HASH|ARRAY|SCALAR|CODE|REF|GLOB)\(0x[0-9a-f]+\)"  # Perl
    r"|\[L[\w.$]+;@[0-9a-f]+|\b(?:Resource|Object) id \#\d+"  # Java, PHP
    r"|\b(?:Notice|Warning|Fatal error|Deprecated|Parse error)\b.{1,300}? on line \d+"
    r"|\bUndefined (?:variable|index|array key|offset|property)\b.{0,60}"
    r"|\bundefined method\b.{1,100}|\bLiquid (?:syntax )?error\b.{0,100}"
    r"|\btranslation missing:.{0,100}|Traceback \(most recent call last\).{0,100}"
    r"|\bjava\.(?:lang|util)\.[A-Z]\w+.{0,60}|\bObject reference not set\b.{0,60}",
    re.DOTALL,
)
"""What languages print for an object, and the messages of their errors."""
_EMPTY_VALUE = re.compile(r"undefined|null|NaN|\(null\)")
_EMPTY_VALUE_IN_EXACT = re.compile(r"[(<]?(?:undefined|null|nan|none|nil)[)>]?", re.IGNORECASE)
"""What programming languages write for a missing value."""
_BRACED_NAME = r"\{!?[A-Za-z_][\w.]{0,60}\}"
_MARKED_NAME = rf"{_BRACED_NAME}|%+[A-Za-z_][\w.]{{0,60}}%+|__[A-Za-z]\w{{0,60}}__"
_WHOLE_PLACEHOLDER = re.compile(
    rf"{_MARKED_NAME}|\$[A-Za-z_]\w*(?:->|\[)[\w'\"()>\].-]{{1,60}}|([#@])\1?[A-Z_]{{2,60}}\1{{1,2}}"
)
"""Placeholders in prose, only where they are the whole text."""
_PLACEHOLDER_IN_EXACT = re.compile(
    rf"{_BRACED_NAME}|\{{\d{{1,2}}\}}|^(?:{_MARKED_NAME}|\$[A-Za-z_][\w.>-]*|@[A-Za-z_]\w*[._]\w[\w.]*|:[A-Za-z_]\w*"
    r"|\[[A-Za-z_][\w.]*\])$"
)
"""Placeholders in ids, addresses, numbers and dates."""
_UNDEFINED_IN_PROSE = re.compile(
    r"^(?:undefined|null)[ ,/|-]+(?=\w)|(?<=[\w)])[ ,/|-]+(?:undefined|NaN)$"
    r"|^(?:null|None)(?:[ ,/-]+(?:null|None))+$"
)
"""A name made of several values, of which one was missing: ``Mug - undefined``."""
_PROSE_WORD = re.compile(r"Array|Object|stdClass", re.ASCII)
"""What PHP prints for an array; the name of a product or a brand is seldom the same."""

_MISSING_ID = re.compile(
    r"""[("'<\[{]?(?:undefined|null|nan|none|nil|nothing|void|n[/.]?a\.?|n/d|false|true|empty
    |missing|unknown|not[ _-]?(?:set|found|available|defined)|tbd|todo|fixme|\\N)[)"'>\]}]?
    |-n/a-|\(?(?:vac[íi]o|vide|leer|vuoto|vazio|nulo|nulle?|ningun[oa]|sin[ _]valor|keine?r?
    |nessuno|s/n)\)?
    |[+-]?(?:Infinity|inf)
    |\#(?:N/[AD]|NV|[¡¿]?[A-ZÁÉÍÓÚ]+(?:/0)?[!?])|\#?NULL!?
    |[^\w]+|[xX]{3,}""",
    re.VERBOSE | re.IGNORECASE,
)
"""Words, and signs of a spreadsheet, that stand for no id; or no letter and no digit at all."""
_OBJECT_ID = re.compile(
    r"""(?:[\w$]+\.)*[A-Z][\w$]*@[0-9a-f]{4,16}           # Java: com.shop.Order@5e91993f
    |(?:[A-Za-z_]+\.){2,}[A-Z][a-z][A-Za-z]*(?:`\d+)?(?:\[.*\])?  # .NET: Shop.Models.Order
    |System\.[A-Z]\w*(?:\[\])?
    |Array(?:\(\d*\))?|\(?Object\)?|stdClass(?:\ Object)?|ArrayObject|Invalid\ Date|NaT
    |(?:__PHP_Incomplete_Class|Closure)(?:\ Object)?.*|RefImpl.*
    |(?:bool|boolean|int|integer|float|double|resource|Ref|ref)\(.*\)|string\(\d+\).*
    # Records of Java, Kotlin and Python: Order[id=1042]
    |[A-Z][A-Za-z]*(?:\(\w+\s?=.*\)|\{\w+\s?[=:].*\}|\[\w+\s?=.*\])
    |(?:[A-Z]\w*)?Error:\ .*|(?:[\w.]+\.)?[A-Z]\w*Exception\b.*
    |\\?[A-Za-z_]\w*(?:\\[A-Za-z_]\w*)+.*                  # PHP: App\Entity\Order
    |.*\ object(?:\ \(.*\)|\ at\ 0x.*)|.*\bobject\(.*\)    # Python: Order object (5)
    |(?:table|function|thread|userdata):\ ?0x[0-9a-f]+     # Lua
    |(?:Optional|Some|Decimal|UUID|ObjectId|BigNumber|Symbol|Number(?:Long|Int|Decimal)
        |OrderedDict|datetime\.\w+|Timestamp|Promise)(?:[(\[{<].*|\.empty)|Just\ \d+
    |[A-Za-z_][\w.]*\((?:["'].*)?\)|(?:async\ )?function\b.*|\(.*\)\s*=>.*|class\ \w+.*\{.*
    |map\[.*\]|[&@]\{.*\}|(?:character|numeric|integer|logical)\(0\)
    |[bu](["']).*\1|\(\s*["'].*,.*\)
    |\{(?![0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}).*\}   # JSON, but no GUID
    |«.*»|\u2039.*\u203a|\[\]|\[.*[,"'].*\]|\[[A-Za-z_$%~!*+=@].*\]
    |[\#&*]?<[^<>@]*>""",
    re.VERBOSE | re.DOTALL,
)
"""What is printed of an object in place of its id, and brackets around a name."""
_NAME = r"[A-Za-z_][\w .:>()-]{0,60}?"
_MARKED_ID = re.compile(
    rf"(?P<mark>[#%@$~^|!&=?§]{{1,4}}){_NAME}(?P=mark)|(?P<twice>--+|__+|\*+|==+|::+){_NAME}(?P=twice)"
    rf"|%{_NAME}%?|\$\(.*\)|\$\[.*\]|\${{1,3}}[A-Za-z_].*|[@&]\(?[A-Za-z_][\w.()\[\]\"']*;?"
    r"|:[A-Za-z_]\w*|%(?:@|\d{1,2}%?)|\$\d|\\\d",
    re.DOTALL,
)
"""A name between marks, or after one."""
_CODE_IN_ID = re.compile(
    r"->\s*[A-Za-z_]\w*(?:\(\))?|::[A-Za-z_]\w*\(|[A-Za-z_]\w*\(\)|<\?"
    r"|\{\d{1,2}(?::[^{}]*)?\}|%0\d{0,2}d\b|%[dsiu]\b|%[A-Za-z_]{2,60}%"
    r"|\[[A-Za-z_][\w .:-]*\]|\$\(|(?<=[-_#])\$[A-Za-z_]\w*"
)
"""A piece of code or of a format in an id."""
_DOTTED_NAME = re.compile(r"(?!System\.)[A-Za-z_]+(?:\.[A-Za-z_]+)+|[xX]+", re.ASCII)
_MISSING_PART = re.compile(
    r"undefined|(?<![A-Za-z])(?:null|NaN|None|nil)(?![A-Za-z])|\bNULL\b|\[object", re.ASCII
)
"""A value that was missing, in an id made of several."""
_MISSING_PART_OF_SKU = re.compile(r"undefined|(?<![A-Za-z])NaN(?![A-Za-z])", re.ASCII)
_NULL_AT_END = re.compile(r"(?<![A-Za-z])(?:null|NULL|None)$|^(?:null|None)[-_]?\d+$", re.ASCII)
_PREFIX_ONLY = re.compile(r"[^\W\d_]+[-_#/:.=]+")
"""What is left of an id such as ORD-1042 without its number."""
_STATUS_WORDS = re.compile(
    r"""(?:loading|please\ wait|cargando|chargement|wird\ geladen|caricamento)(?:\.{3}|…)?
    |error|failed|pending|processing|new|nuevo|draft|auto[- ]?draft|test|demo|dummy|foo|lorem\ ipsum
    |N[°ºo]\.?""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a page says in place of an id that it does not have yet."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMING_WORDS = _words(
    "your my the insert enter put add replace with here sample example dummy placeholder "
    "changeme order orders purchase transaction invoice cart basket quote checkout product "
    "item sku customer client user contact email mail address model data this self props "
    "state page request session increment entity variable var field value name text string "
    "orderid orderno ordernumber purchaseid transactionid invoiceid cartid productid wc "
    "woo txn trx su tu el del de número pedido compra carrito cliente producto factura "
    "votre ma numéro commande achat panier produit facture "
    "ihre deine die bestellung bestell auftrag auftrags rechnung warenkorb kunde kunden produkt "
    "il tuo ordine acquisto carrello prodotto fattura seu sua do encomenda carrinho "
    "bestelling ordre"
)
_ID_WORDS = _words(
    "id ids no nr num number ref reference code key uuid guid token sku your insert "
    "placeholder changeme here variable numero nummer número numéro clave código codigo "
    "bestellnummer auftragsnummer rechnungsnummer bestelnummer ordernummer"
)
_SOLE_WORDS = _words(
    "id sku uuid guid placeholder changeme"
    " orderid orderno ordernumber purchaseid transactionid invoiceid cartid productid"
    " bestellnummer auftragsnummer rechnungsnummer bestelnummer ordernummer"
)
"""Words that name a value also alone: an id may be the word "order"."""
_UNLIKELY_SKUS = _words("nothing void empty missing unknown true na")
_MAX_ID_CHARS = 300
_UPPER, _LOWER = "A-ZÀ-ÖØ-Ý", "a-zß-öø-ÿ"
_WORD = re.compile(rf"[{_UPPER}]+(?![{_LOWER}])|[{_UPPER}]?[{_LOWER}]+|\d+|[^\W\d_]+")


def find_placeholder(field: Field, text: str) -> Placeholder | None:
    """Return what the text of a field contains in place of a value, or None."""
    if not text or find_hidden_address(text):
        return None
    template = _TEMPLATE.search(text) if _TEMPLATE_SIGN.search(text) else None
    if found := template or _PRINTED_OBJECT.search(text):
        rest = _PRINTED_OBJECT.sub("", _TEMPLATE.sub("", text)).strip()
        return Placeholder(found[0], is_certain=field.is_exact or not rest)
    if field.is_exact:
        return _find_in_exact(field, text)
    if (_EMPTY_VALUE_IN_EXACT if field.is_required else _EMPTY_VALUE).fullmatch(text):
        return Placeholder(text)
    if _WHOLE_PLACEHOLDER.fullmatch(text) or _is_variable_name(text):
        return Placeholder(text)
    if _PROSE_WORD.fullmatch(text):
        return Placeholder(text, is_certain=False)
    found = _UNDEFINED_IN_PROSE.search(text)
    return Placeholder(found[0], is_certain=False) if found else None


def _find_in_exact(field: Field, text: str) -> Placeholder | None:
    if found := _PLACEHOLDER_IN_EXACT.search(text):
        return Placeholder(found[0])
    if _EMPTY_VALUE_IN_EXACT.fullmatch(text):
        return Placeholder(text)
    if field.format == "cn-url":
        return next(_find_in_url(text), None)
    if field.name == "primary_key" or field.format == "cn-email":
        return _find_in_key(text)
    return _find_in_id(field, text) if field.name.endswith("_id") else None


def _find_in_id(field: Field, text: str) -> Placeholder | None:
    text, is_sku = text[:_MAX_ID_CHARS], "product" in field.name
    if (
        _MISSING_ID.fullmatch(text)
        or _OBJECT_ID.fullmatch(text)
        or _MARKED_ID.fullmatch(text)
        or _is_naming(text, is_sku=is_sku)
    ):
        # Names such as com.shop.Mug are ids of products in other shops.
        may_be_sku = text.lower() in _UNLIKELY_SKUS or _DOTTED_NAME.fullmatch(text)
        return Placeholder(text, is_certain=not (is_sku and may_be_sku))
    if found := _CODE_IN_ID.search(text):
        return Placeholder(found[0], is_certain=not is_sku)
    if found := (_MISSING_PART_OF_SKU if is_sku else _MISSING_PART).search(text):
        return Placeholder(found[0])
    if is_sku and (found := _NULL_AT_END.search(text)):
        return Placeholder(found[0], is_certain=False)
    if field.name == "purchase_id" and (
        _PREFIX_ONLY.fullmatch(text) or _STATUS_WORDS.fullmatch(text)
    ):
        return Placeholder(text, is_certain=False)
    return None


def _find_in_key(text: str) -> Placeholder | None:
    """Look at the key of a contact, which is an e-mail address."""
    name, at, host = text.partition("@")
    if not at:
        patterns = (_MISSING_ID, _OBJECT_ID, _MARKED_ID)
        is_whole = any(each.fullmatch(text) for each in patterns) or _is_naming(text)
        return Placeholder(text) if is_whole else None
    if _OBJECT_ID.fullmatch(text) and "." not in host:
        return Placeholder(text)
    for part in (name, *host.split(".")):
        if part in ("undefined", "null", "NaN", "None", "[object Object]"):
            return Placeholder(part)
    return None


def _is_naming(text: str, *, is_sku: bool = False) -> bool:
    """Tell whether a text names a value, as ``YOUR_ORDER_ID`` and ``order.number`` do.

    ``is_sku``: its words have to mean an id, because "sample" may be a product.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    if not words or any(word not in _NAMING_WORDS | _ID_WORDS for word in words):
        return False
    if len(words) == 1:
        return words[0] in _SOLE_WORDS
    return not is_sku or any(word in _ID_WORDS for word in words)


def _is_variable_name(text: str) -> bool:
    """Tell whether prose is the name of a variable: ``product_name``, ``[brand-name]``."""
    bare = text.strip("[]")
    return ("_" in bare or bare != text) and len(bare) > 1 and _is_naming(bare)


_MISSING_SEGMENT = re.compile(
    r"(?:undefined|NaN|\[object \w+\])(?:\.\w{1,5})?|(?:null|NULL|None|nil|Array|false)", re.ASCII
)
_MAY_BE_SEGMENT = re.compile("null|NULL|None|nil|Array|false")
_MISSING_LAST_SEGMENT = re.compile(
    r"(?:undefined|NaN|null|NULL|None|nil|Array|false|\((?:null|none)\)|nullnull"
    r"|undefined[-_]?undefined)(?:\.\w{1,5})?",
    re.ASCII,
)
_ROUTE_SEGMENT = re.compile(r":[A-Za-z_]\w*|\[[A-Za-z_.]+\]|\$[A-Za-z_]\w*|%[A-Za-z_]{3,}%")
"""A part of a route, such as ``/products/:slug``, in place of its value."""
_EMPTY_TOP_LEVEL = re.compile(r"\.[a-z]{2,}(undefined|null|none)$", re.ASCII)
"""A missing path that was put right after the name of the host: ``shop.comundefined``."""
_UNDEFINED_WORD = re.compile(r"(?<![A-Za-z])(?:undefined|NaN)(?![A-Za-z])", re.ASCII)
_NULL_WORD = re.compile(r"(?<=[-_=])(?:null|None)(?=[-_.]|$)", re.ASCII)
_MISSING_ARGUMENT = re.compile(
    r"(?<==)(?:undefined|NaN|null|None|\[object \w+\])(?=&|$)|\{\w+\}|\$\{", re.ASCII
)


def _find_in_url(url: str) -> Iterator[Placeholder]:
    """Yield the parts of an address that were not filled in."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return
    yield from _find_in_host(host)
    segments = unquote(parts.path).split("/")[1:]
    last = next((each for each in reversed(segments) if each), "")
    for segment in segments:
        if _ROUTE_SEGMENT.fullmatch(segment) or _MISSING_SEGMENT.fullmatch(segment):
            is_certain = segment == last or not _MAY_BE_SEGMENT.fullmatch(segment)
            yield Placeholder(segment, is_certain=is_certain)
    if _MISSING_LAST_SEGMENT.fullmatch(last):
        yield Placeholder(last)
    if found := _TEMPLATE.search(unquote(parts.path)):
        yield Placeholder(found[0])
    if found := _UNDEFINED_WORD.search("/".join(segments)) or _NULL_WORD.search(last):
        yield Placeholder(found[0], is_certain=False)
    if found := _MISSING_ARGUMENT.search(unquote(parts.query)):
        yield Placeholder(found[0], is_certain=False)


def _find_in_host(host: str) -> Iterator[Placeholder]:
    names = ("null", "nan", "none", "nil", "false", "[object object]")
    if "undefined" in host.split(".") or host in names:
        yield Placeholder(host)
    if found := _EMPTY_TOP_LEVEL.search(host):
        yield Placeholder(found[1])
