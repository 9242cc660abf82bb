"""The number of workers follows from the cores and the memory that a process may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.run.defaults import available_cores, available_memory, choose_workers

GIB = 2**30


@pytest.mark.parametrize(
    ("cores", "memory", "workers"),
    [
        (1, None, 4),
        (2, None, 8),
        (2, 8 * GIB, 8),
        (2, 1 * GIB, 2),
        (2, GIB // 2, 1),
        (2, 0, 1),
        (0.5, 8 * GIB, 2),
        (0.1, 8 * GIB, 1),
        (1.5, 8 * GIB, 6),
        (6, 64 * GIB, 24),
        (64, 256 * GIB, 24),
        (64, 2 * GIB, 8),
        (0, None, 1),
    ],
)
def test_workers_follow_from_cores_and_memory(
    cores: float, memory: int | None, workers: int
) -> None:
    assert choose_workers(cores, memory) == workers


def system(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a system without those that it lacks."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"}, 0.5),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "25000 100000\n"}, 0.25),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5),
        ({"proc/self/cgroup": "0::/host/id\n", "sys/fs/cgroup/cpu.max": "50000 100000"}, 0.5),
        ({"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/cpu.max": "50000 100000"}, 0.5),
        (
            {
                "proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/a\n",
                "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "20000\n",
                "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
            },
            0.2,
        ),
    ],
    ids=["v2", "v2 above", "v2 container", "v2 path of the host", "v2 above the root", "v1"],
)
def test_a_quota_of_a_control_group_counts(
    tmp_path: Path, files: dict[str, str], cores: float
) -> None:
    assert available_cores(system(tmp_path, files)) == cores


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"proc/self/cgroup": "0::/a\n"},
        {"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": "max 100000\n"},
        {"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": "50000 0\n"},
        {"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": ""},
        {"proc/self/cgroup": "nonsense\n\n", "sys/fs/cgroup/cpu.max": "what\n"},
        {
            "proc/self/cgroup": "3:cpu:/\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        },
    ],
    ids=["no groups", "no file", "max", "no period", "empty", "nonsense", "v1 without a quota"],
)
def test_without_a_quota_the_cores_of_the_process_count(
    tmp_path: Path, files: dict[str, str]
) -> None:
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert available_cores(system(tmp_path, files)) == here


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "1000\n"}, 1000),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/memory.max": "1000\n",
                "sys/fs/cgroup/a/b/memory.max": "max\n",
            },
            1000,
        ),
        (
            {
                "proc/self/cgroup": "4:memory:/a\n",
                "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "2000\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            2000,
        ),
    ],
    ids=["v2", "v2 above", "v1"],
)
def test_a_limit_of_memory_counts(tmp_path: Path, files: dict[str, str], limit: int) -> None:
    assert available_memory(system(tmp_path, files)) == limit


def test_without_a_limit_the_memory_of_the_machine_counts(tmp_path: Path) -> None:
    found = available_memory(tmp_path)
    assert found is None or found > 2**26
