"""What a run uses where nothing else is given: folders, the number of workers, the run's id."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

DEFAULT_PATH = "scenarios"
"""The folder in which scenarios are looked for."""
DEFAULT_OUTPUT = "cn-validator-results"
"""The folder in which each run makes one for its results and evidence."""

WORKERS_PER_CORE = 4
"""Checkouts wait more than they compute; more than four a core make pages slower, not more."""
MOST_DEFAULT_WORKERS = 24
"""One process and one browser are then the limit, whatever the machine has."""
PROCESS_MEMORY = 512 * 2**20
"""Bytes set aside for cn-validator, Playwright's driver and the browser without a page."""
PAGE_MEMORY = 192 * 2**20
"""Bytes set aside for each page: a heavy one and the page of its payment."""


def default_workers() -> int:
    """Return how many pages are open at once, from the cores and memory this process may use."""
    root = Path("/")
    return choose_workers(available_cores(root), available_memory(root))


def choose_workers(cores: float, memory: int | None) -> int:
    """Return the number of workers for some cores and bytes of memory; None if it is unknown.

    Four a core, as many as the memory has room for, at least one and at most 24.
    """
    wanted = int(max(cores, 0) * WORKERS_PER_CORE)
    if memory is not None:
        wanted = min(wanted, (memory - PROCESS_MEMORY) // PAGE_MEMORY)
    return max(1, min(MOST_DEFAULT_WORKERS, wanted))


def available_cores(root: Path) -> float:
    """Return the cores this process may use: its affinity, and the quota of its control groups.

    ``root`` is the root of the file system. A part of a core is a fraction.
    """
    try:
        cores = float(len(os.sched_getaffinity(0)))
    except (AttributeError, OSError):  # only some systems have it
        cores = float(os.cpu_count() or 1)
    quotas = [
        number
        for group in _control_groups(root, "cpu")
        for number in (_read_quota(group), _read_quota_v1(group))
        if number is not None
    ]
    return min(cores, *quotas) if quotas else cores


def available_memory(root: Path) -> int | None:
    """Return the bytes of memory this process may use; None where the system does not say it.

    It is the least of the machine's memory and the limits of its control groups.
    """
    limits = [
        limit
        for group in _control_groups(root, "memory")
        for name in ("memory.max", "memory.limit_in_bytes")
        for limit in _read_numbers(group / name)[:1]
    ]
    with suppress(AttributeError, ValueError, OSError):  # only some systems have it
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(limits, default=None)


def _control_groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's control groups of a controller, and all above them.

    Version 2 has one tree, version 1 a tree for each controller:
    https://docs.kernel.org/admin-guide/cgroup-v2.html, .../cgroup-v1/cgroups.html. In a container
    the path may be that of the host; then only the root is there, which is the container's own.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    mount = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, group = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        tree = mount / controller if controllers else mount
        path = PurePosixPath(group.lstrip("/"))
        yield from (tree / each for each in (path, *path.parents) if ".." not in each.parts)


def _read_quota(group: Path) -> float | None:
    numbers = _read_numbers(group / "cpu.max")
    return numbers[0] / numbers[1] if len(numbers) > 1 and numbers[1] else None


def _read_quota_v1(group: Path) -> float | None:
    quota = _read_numbers(group / "cpu.cfs_quota_us")
    period = _read_numbers(group / "cpu.cfs_period_us")
    return quota[0] / period[0] if quota and period and period[0] else None


def _read_numbers(file: Path) -> list[int]:
    """Return the positive numbers of a file; none where it is missing or says "max" or -1."""
    try:
        words = file.read_text("utf-8", "replace").split()
    except OSError:
        return []
    return [int(word) for word in words] if all(map(str.isdecimal, words)) else []


def new_run_id() -> str:
    """Return an id that sorts by time and is safe in e-mail addresses and file names."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
