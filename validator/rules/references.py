"""The sources that the facts of the rules rest on."""

_HELP_CENTER = "https://support.connectif.ai/hc/en-us/articles/"
PURCHASE_TAG_DOCS = _HELP_CENTER + "360014651860--Purchase-completed-tag"
PRODUCT_DOCS = _HELP_CENTER + "360014655140-The-Product-object-type"
BASKET_ITEM_DOCS = (
    "https://support.connectif.ai/hc/fr/articles/360014714260-Cart-information-notification"
)
JS_EVENT_DOCS = _HELP_CENTER + "360014712220"
WEB_CHANNEL_DOCS = (
    "https://support.connectif.ai/hc/fr/articles/6088128435740-Configuration-du-canal-web"
)
PURCHASE_ERRORS_DOCS = _HELP_CENTER + "360015888579-Error-in-Purchase-Registration"
API_ERROR_DOCS = "https://api-docs.connectif.cloud/connectif-api/guides/custom-error-codes"
ABANDONED_CART_DOCS = _HELP_CENTER + "360014218040"
PRESTASHOP_DOCS = _HELP_CENTER + "21155980261148-Sending-Purchases-from-PrestaShop"
PURCHASES_API_DOCS = (
    "https://api-docs.connectif.cloud/connectif-api/reference/purchases/get-purchase-by-purchase-id"
)
HTML_PARSING_SPEC = "https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody"
CLIENT_SCRIPT_SOURCE = "read in the Connectif client script 1.3.0"
