"""``python -m tests.differential``: compare as many readings of generated tags as one likes."""

from __future__ import annotations

import argparse
import sys

from tests.differential import test_rendered
from tests.differential.comparison import SEED, TAGS, compare, explained
from tests.differential.readings import chromium
from tests.differential.tags import PAGES


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=TAGS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="which (default: %(default)s)")
    asked = parser.parse_args()
    with chromium() as reader:
        tally = compare(reader, PAGES, test_rendered.agree, asked.tags, asked.seed)
        sys.stdout.write(f"rendered: {explained(reader, tally, test_rendered.agree)}\n")
    return bool(tally.disagreements)


if __name__ == "__main__":
    sys.exit(main())
