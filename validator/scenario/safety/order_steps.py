"""Which step places the order: the scenario may be played again until it begins, but not after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from validator.scenario.model.actions import Payment, Step
from validator.scenario.model.walk import find_payments, walk_steps

Steps = tuple[Step, ...]
_ORDER_WORDS = re.compile(
    r"\b(?:place (?:(?:the|my|your|an) )?order|order now|buy now|submit (?:the |my |your )?order"
    r"|(?:confirm|complete) (?:(?:the|my|your|an) )?(?:order|purchase)|confirm and pay|pay now"
    r"|(?:realizar|hacer|confirmar|finalizar) (?:(?:el|la|mi|su|tu) )?(?:pedido|compra)"
    r"|comprar ahora|pagar ahora|fer (?:la )?comanda"
    r"|(?:confirmar|finalitzar) (?:(?:la|meva) )*(?:comanda|compra)"
    r"|(?:passer|valider|confirmer) (?:(?:la|ma|votre) )?commande|payer maintenant"
    r"|(?:jetzt|zahlungspflichtig|kostenpflichtig) (?:bestellen|kaufen|bezahlen)"
    r"|bestellung (?:abschicken|absenden|aufgeben)"
    r"|(?:effettua|conferma|invia) (?:l )?(?:ordine|acquisto)|acquista ora|paga ora"
    r"|(?:finalizar|confirmar) (?:a )?(?:encomenda|compra)|comprar agora|pagar agora"
    r"|bestelling plaatsen|nu (?:bestellen|betalen|kopen)|bestellen en betalen)\b",
    re.IGNORECASE,
)
"""What buttons that create an order say, in the languages of our users. A button with other words
is marked as the author says: ``commit: true``."""
UNATTEMPTED_OUTCOMES = ("cancelled", "abandoned")
"""Outcomes of a payment in which the customer does not even try to pay."""


def mark_order_steps(steps: Iterable[Step], *, is_due: bool = True) -> Steps:
    """Return steps in which those that place the order are marked.

    The author's marks count. Without any, the order step of each payment that may be paid is
    marked; where no payment has one, the one before the end of the last payment; without a
    payment, the one of all steps. ``is_due`` tells that a purchase is expected: an order step after
    payments that are not attempted is then marked, because the customer pays by other means.

    The order step of a list is the last one that presses something. Where nothing is pressed, it
    is the first one that can place an order in another way, such as a script: any later one may
    have it placed too. Where no step can, the last payment is marked itself.

    The steps from the commit on are marked too. It is the author's first mark; without any, the
    first step that can create an order, such as "Place order" before the payment.
    """
    steps = tuple(steps)
    if count_orders(steps):
        return _mark_commits(steps, _first_index(steps, lambda step: step.places_order))
    steps = _mark_order_steps(steps, is_due=is_due)
    return _mark_commits(steps, _find_commit(steps))


def _mark_order_steps(steps: Steps, *, is_due: bool) -> Steps:
    payments = find_payments(steps)
    if not payments:
        return _mark_order_step(steps) or steps
    marked = tuple(_mark_in_payments(step) for step in steps)
    if count_orders(marked):
        return marked
    end = max(i for i, step in enumerate(steps, 1) if find_payments((step,)))
    before, after = steps[:end], steps[end:]
    if any(map(_may_pay, payments)):
        before = _mark_order_step(before) or _mark_one(before, _may_be_paid, last=True) or before
    elif is_due:
        after = _mark_order_step(after) or after
    return (*before, *after)


def count_orders(steps: Iterable[Step]) -> int:
    """Return how many orders some steps place at most; one that is never paid counts too."""
    walked = tuple(walk_steps(steps))
    return max(sum(step.places_order for step in walked), any(step.commits for step in walked))


def _mark_in_payments(step: Step) -> Step:
    if step.payment is None:
        inner = tuple(map(_mark_in_payments, step.action.inner_steps))
    elif _may_pay(step.payment):
        inner = _mark_order_step(step.payment.steps) or step.payment.steps
    else:
        return step
    return _replace_inner_steps(step, inner)


def _find_commit(steps: Steps) -> int:
    """Return the index, in walking order, of the first step that can create an order.

    It is the last press before the first payment, which leads there: shops create the order then,
    and wait for its payment. A press whose name says that it orders may come earlier.
    """
    walked = tuple(walk_steps(steps))
    payment = _first_index(steps, lambda step: step.payment is not None)
    before = [index for index, step in enumerate(walked[:payment]) if _presses(step)]
    return min(
        _first_index(steps, lambda step: step.places_order),
        _first_index(steps, _says_that_it_orders),
        before[-1] if before and payment < len(walked) else len(walked),
    )


def _first_index(steps: Steps, is_wanted: Callable[[Step], bool]) -> int:
    """Return the index of the first wanted step in walking order, or the number of steps."""
    walked = tuple(walk_steps(steps))
    return next((index for index, step in enumerate(walked) if is_wanted(step)), len(walked))


def _says_that_it_orders(step: Step) -> bool:
    if not _presses(step):
        return False
    return any(
        _ORDER_WORDS.search(re.sub(r"[\W_]+", " ", str(locator)))
        for locator in step.action.locators
    )


def _mark_commits(steps: Steps, first: int) -> Steps:
    """Return steps in which those from the first on that may create an order are marked."""
    marked = []
    for step in steps:
        inner = _mark_commits(step.action.inner_steps, first - 1)
        can_create = _presses(step) or _can_place_order(step) or step.places_order
        is_commit = first <= 0 and can_create
        each = _replace_inner_steps(step, inner) if inner else step
        marked.append(replace(each, commits=True) if is_commit else each)
        first -= 1 + sum(1 for _ in walk_steps(step.action.inner_steps))
    return tuple(marked)


def _may_pay(payment: Payment) -> bool:
    return payment.outcome not in UNATTEMPTED_OUTCOMES


def _may_be_paid(step: Step) -> bool:
    return step.payment is not None and _may_pay(step.payment)


def _presses(step: Step) -> bool:
    return step.action.traits.presses


def _can_place_order(step: Step) -> bool:
    return step.action.traits.can_place_order


def _mark_order_step(steps: Steps) -> Steps | None:
    return _mark_one(steps, _presses, last=True) or _mark_one(steps, _can_place_order, last=False)


def _mark_one(steps: Steps, is_wanted: Callable[[Step], bool], *, last: bool) -> Steps | None:
    """Return steps of which the first or the last wanted one, at any depth, is marked.

    Returns None without one. The steps of a payment are passed over: they are marked apart.
    """
    indexes = range(len(steps))
    for index in reversed(indexes) if last else indexes:
        if marked := _mark(steps[index], is_wanted, last=last):
            return (*steps[:index], marked, *steps[index + 1 :])
    return None


def _mark(step: Step, is_wanted: Callable[[Step], bool], *, last: bool) -> Step | None:
    if is_wanted(step):
        return replace(step, places_order=True)
    if step.payment is not None:
        return None
    inner = _mark_one(step.action.inner_steps, is_wanted, last=last)
    return _replace_inner_steps(step, inner) if inner else None


def _replace_inner_steps(step: Step, inner: Steps) -> Step:
    return replace(step, action=step.action.replace_inner_steps(inner)) if inner else step
