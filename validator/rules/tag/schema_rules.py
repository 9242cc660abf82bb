"""The rules that explain violations of a tag's schema."""

from __future__ import annotations

from validator.core.finding import Consequence, Severity
from validator.rules.references import CLIENT_SCRIPT_SOURCE, PRODUCT_DOCS, PURCHASE_TAG_DOCS
from validator.rules.rule import ANY_TAG, Rule

RULES = (
    Rule(
        "mandatory-field-missing",
        "A mandatory field is missing",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "A purchase or cart without its id, quantity or total is dropped without a message. So is "
        "a product without name, URL, id or unit price.",
        "Add an element with the field's name as its class and the value as its text.",
        PURCHASE_TAG_DOCS,
        before='<div class="cn_purchase"> … </div>',
        after='<div class="cn_purchase"><span class="purchase_id">prchs5241</span> … </div>',
        tags=ANY_TAG,
    ),
    Rule(
        "mandatory-field-empty",
        "A mandatory field is empty",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Only text counts: a value in an attribute, such as content or value, is never read.",
        "Write the value as the element's text.",
        PURCHASE_TAG_DOCS,
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
        "Write the amount with a dot for decimals and nothing else, not as the page shows it.",
        PURCHASE_TAG_DOCS,
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
        PURCHASE_TAG_DOCS,
        before='<span class="total_quantity">2,000 units</span>',
        after='<span class="total_quantity">2000</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "date-format",
        "A date is not written in ISO 8601",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The text is sent as it is. What Connectif does with another form is not documented.",
        "Write year-month-day, T, the time and the zone.",
        PURCHASE_TAG_DOCS,
        before='<span class="purchase_date">13/09/2024 10:49</span>',
        after='<span class="purchase_date">2024-09-13T10:49:31Z</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "url-format",
        "An address is not absolute",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The address is sent as it is on the page. Outside of the shop, an address without its "
        "host leads nowhere.",
        "Write the whole address, beginning with https://.",
        PRODUCT_DOCS,
        before='<span class="url">/products/pr9658</span>',
        after='<span class="url">https://example.org/products/pr9658</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "email-format",
        "A text that should be an e-mail address is not one",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Connectif knows the contact by this address. With another text, it cannot tell who the "
        "contact is.",
        "Write only the address, without a name or brackets. Leave the field empty where no "
        "address is known.",
        CLIENT_SCRIPT_SOURCE,
        before='<span class="primary_key">Ada &lt;ada@example.org&gt;</span>',
        after='<span class="primary_key">ada@example.org</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "text-too-long",
        "A text is longer than allowed",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "The script limits a tag of the page to 25 characters; your own schema may set other "
        "limits.",
        "Shorten the text.",
        CLIENT_SCRIPT_SOURCE,
        before='<span class="cn_page_tag">everything for the colder half of the year</span>',
        after='<span class="cn_page_tag">autumn and winter</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "value-not-allowed",
        "A field has a value that is not allowed",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "Connectif documents the values that it knows; your own schema may allow fewer.",
        "Use one of the documented values.",
        PURCHASE_TAG_DOCS,
        before='<span class="source_type">webshop</span>',
        after='<span class="source_type">digital-store</span>',
        tags=ANY_TAG,
    ),
    Rule(
        "number-out-of-range",
        "A number is too small or too large",
        Severity.ERROR,
        Consequence.NOT_AS_DOCUMENTED,
        "A negative quantity or total makes the script drop the purchase, and a negative unit "
        "price the product. Ratings are from 0 to 5, percentages from 0 to 100.",
        "Write the positive amount; scale ratings to 0 to 5.",
        PRODUCT_DOCS,
        before='<span class="total_price">-180.75</span>',
        after='<span class="total_price">180.75</span>',
        tags=ANY_TAG,
    ),
)
