"""``python -m tests.differential``: compare as many readings of generated tags as one likes."""

from __future__ import annotations

import argparse
import sys

from tests.differential import pages, tags, test_rendered, test_static, typos
from tests.differential.comparison import SEED, TAGS, compare, explained
from tests.differential.readings import chromium


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=TAGS, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="which (default: %(default)s)")
    asked = parser.parse_args()
    wrong = 0
    with chromium() as reader:
        for name, kind, agree, share in (
            ("in the browser", tags.PAGES, test_rendered.agree, 1),
            ("without a browser", pages.PAGES, test_static.agree, 1),
            ("with one typo", typos.PAGES, test_static.agree, 0.4),
        ):
            tally = compare(reader, kind, agree, int(asked.tags * share), asked.seed)
            sys.stdout.write(f"{name}: {explained(reader, tally, agree)}\n")
            wrong += len(tally.disagreements)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
