"""The rule on texts that a CDN has put in place of e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator

from validator.core.finding import Consequence, Severity
from validator.page.hidden_addresses import decode_addresses, find_hidden_address
from validator.rules.message_text import excerpt_around, field_name
from validator.rules.references import CLIENT_SCRIPT_SOURCE
from validator.rules.rule import ANY_TAG, Rule, RuleContext, Violation


def address_hidden_by_cdn(context: RuleContext) -> Iterator[Violation]:
    for index, tag, reading in context.tags_and_readings():
        for each in reading.fields:
            if not (shown := find_hidden_address(each.text)):
                continue
            place = reading.document.locate(each.pointer)
            meant = ", ".join(decode_addresses(tag, place))
            is_exact = context.fields.at(each.pointer).is_exact
            yield Violation(
                f'{field_name(each.pointer)} says "{shown}", in place of '
                + (f'"{excerpt_around(meant, 0)}".' if meant else "a text with an @."),
                tag=index,
                pointer=each.pointer,
                expected=meant or "the text itself",
                actual=excerpt_around(each.text, 0),
                recorded=each.text,
                severity=Severity.ERROR if is_exact else Severity.WARNING,
            )


RULES = (
    Rule(
        "address-hidden-by-cdn",
        "A text was replaced because it has an @",
        Severity.WARNING,
        Consequence.RECORDED_WRONG,
        "Cloudflare and other services hide what looks like an e-mail address, and a script shows "
        "it again. Connectif records what it reads before that, for the buyer's key as well as "
        "for a name with an @ in it.",
        "Turn off the obfuscation of e-mail addresses for these pages, or put the tag between "
        "<!--email_off--> and <!--/email_off-->.",
        CLIENT_SCRIPT_SOURCE,
        address_hidden_by_cdn,
        before='<span class="name">Bulb [email protected]</span>',
        after='<span class="name">Bulb 300K@12V</span>',
        tags=ANY_TAG,
    ),
)
