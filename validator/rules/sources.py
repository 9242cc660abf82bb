"""What the facts rest on."""

_HELP = "https://support.connectif.ai/hc/en-us/articles/"
PURCHASE = _HELP + "360014651860--Purchase-completed-tag"
PRODUCT = _HELP + "360014655140-The-Product-object-type"
BASKET_ITEM = (
    "https://support.connectif.ai/hc/fr/articles/360014714260-Cart-information-notification"
)
JS_EVENT = _HELP + "360014712220"
CHANNEL = "https://support.connectif.ai/hc/fr/articles/6088128435740-Configuration-du-canal-web"
LOSSES = _HELP + "360015888579-Error-in-Purchase-Registration"
API_ERRORS = "https://api-docs.connectif.cloud/connectif-api/guides/custom-error-codes"
CART = _HELP + "360014651660--Current-cart-status-tag"
ABANDONED = _HELP + "360014218040"
API = _HELP + "21155980261148-Sending-Purchases-from-PrestaShop"
PURCHASES_API = (
    "https://api-docs.connectif.cloud/connectif-api/reference/purchases/get-purchase-by-purchase-id"
)
PARSING = "https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody"
SCRIPT = "read in the Connectif client script 1.3.0"
