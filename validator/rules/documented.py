"""The rules whose findings come from the schema check: what they mean to the shop."""

from __future__ import annotations

from validator.finding import Consequence, Severity
from validator.rules.frame import ANY_TAG, Rule
from validator.rules.sources import PRODUCT, PURCHASE

RULES = (
    Rule(
        "mandatory-field-missing",
        "A mandatory field is not in the tag",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Without its id, quantity or total the whole purchase is dropped without a message; "
        "without name, URL, id or unit price, the product is.",
        "Add the element with the field's name as its class; its text is the value.",
        PURCHASE,
        before='<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"><span class="purchase_id">prchs5241</span> … </div>',
        tags=ANY_TAG,
    ),
    Rule(
        "mandatory-field-empty",
        "A mandatory field has no text",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Only text counts: a value in an attribute, such as content or value, is never read.",
        "Write the value as the element's text.",
        PURCHASE,
        before='<span class="total_price" content="180.75"></span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "decimal-format",
        "An amount is not a plain decimal",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The script reads digits and one dot, and stops at anything else: 1.234,56 becomes "
        "1.234, 180,75 becomes 180, and €180.75 is no number at all.",
        "Write the amount with a dot for decimals and nothing else; not as the page shows it.",
        PURCHASE,
        before='<span class="total_price">1.234,56 €</span>',
        after='<span class="total_price">1234.56</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "integer-format",
        "A quantity is not a whole number",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The script reads digits and stops at anything else: 2.5 and 2,000 both become 2.",
        "Write digits only.",
        PURCHASE,
        before='<span class="total_quantity">2,000 units</span>',
        after='<span class="total_quantity">2000</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "date-format",
        "A date is not written in ISO 8601",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The text is sent as it is; what Connectif makes of another form is not documented.",
        "Write year-month-day, T, time, and the zone.",
        PURCHASE,
        before='<span class="purchase_date">13/09/2024 10:49</span>',
        after='<span class="purchase_date">2024-09-13T10:49:31Z</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-format",
        "An address is not absolute",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The address is sent as it stands on the page. Outside of the shop, one without its "
        "host leads nowhere.",
        "Write the whole address, beginning with https://.",
        PRODUCT,
        before='<span class="url">/products/pr9658</span>',
        after='<span class="url">https://example.org/products/pr9658</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "value-not-allowed",
        "A field has a value that is not among those it may have",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Connectif documents which values it knows; your own schema may allow fewer.",
        "Use one of the documented values.",
        PURCHASE,
        before='<span class="source_type">webshop</span>',
        after='<span class="source_type">digital-store</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "number-out-of-range",
        "A number is less or more than it can be",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "A negative quantity or total makes the script drop the purchase, a negative unit "
        "price the product. Ratings are 0 to 5, percentages 0 to 100.",
        "Write the positive amount; scale ratings to 0 to 5.",
        PRODUCT,
        before='<span class="total_price">-180.75</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
)
