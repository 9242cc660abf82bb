"""What a valid tag leaves out, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from validator.document import Json, pointer
from validator.result import TagReading
from validator.rules.frame import Judge, Problem, each_tag


def lacks(name: str, loss: str) -> Judge:
    """Make a rule for an optional field of the tag that had better be there."""

    def judge(reading: TagReading, _: frozenset[str]) -> Iterator[Problem]:
        if not cast("dict[str, Json]", reading.document.data).get(name):
            yield Problem(
                f"The tag has no {name}: {loss}.",
                pointer=pointer(name),
                expected=f'an element with class="{name}"',
                actual="nothing",
            )

    return each_tag(judge)
