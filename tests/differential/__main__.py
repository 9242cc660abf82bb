"""``python -m tests.differential``: compare as many readings of generated tags as one likes."""

from __future__ import annotations

import argparse
import sys

from tests.differential import pages, tags, test_rendered, test_static
from tests.differential.comparison import SEED, TAGS, compare, explained
from tests.differential.readings import chromium


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=TAGS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="which (default: %(default)s)")
    asked = parser.parse_args()
    wrong = 0
    with chromium() as reader:
        for name, kind, agree in (
            ("in the browser", tags.PAGES, test_rendered.agree),
            ("without a browser", pages.PAGES, test_static.agree),
        ):
            tally = compare(reader, kind, agree, asked.tags, asked.seed)
            sys.stdout.write(f"{name}: {explained(reader, tally, agree)}\n")
            wrong += len(tally.disagreements)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
