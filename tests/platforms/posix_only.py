"""The tests that Windows skips, because of what they do themselves and not what they test."""

from __future__ import annotations

from collections.abc import Mapping

_SCRIPTS = "its programs are scripts of sh"
_SIGNALS = "it sends signals to other processes, which on Windows end at once"
_LINKS = "it makes symbolic links"
_DATABASES = "it starts servers of databases with the packages of Debian"

POSIX_ONLY: Mapping[str, str] = {
    "tests/api/test_documentation.py": _LINKS,
    "tests/backfill/test_crash.py": _SIGNALS,
    "tests/browser/chromium/test_compile_cache.py": _SCRIPTS,
    "tests/browser/chromium/test_discover.py": _SCRIPTS,
    "tests/browser/chromium/test_driver.py": _SCRIPTS,
    "tests/browser/chromium/test_install.py": _SCRIPTS,
    "tests/browser/chromium/test_launch.py": _SCRIPTS,
    "tests/ci/test_ci_files.py": _SCRIPTS,
    "tests/cli/options/test_output.py": _LINKS,
    "tests/cli/options/test_schedule.py": _SIGNALS,
    "tests/cli/test_backfill.py": _SIGNALS,
    "tests/cli/test_demo.py": _SIGNALS,
    "tests/cli/test_demo_api.py": _SIGNALS,
    "tests/cli/test_doctor.py": _SCRIPTS,
    "tests/cli/test_faults.py": _SIGNALS,
    "tests/cli/test_lost_browser.py": _SIGNALS,
    "tests/cli/test_processes.py": _SIGNALS,
    "tests/cli/test_record.py": _SCRIPTS,
    "tests/cli/test_run.py": _SIGNALS,
    "tests/cli/test_ten_minutes.py": _SCRIPTS,
    "tests/core/test_files.py": _LINKS,
    "tests/core/test_stop_signals.py": _SIGNALS,
    "tests/docs/test_readme.py": _SIGNALS,
    "tests/lint/test_lint_fix.py": _LINKS,
    "tests/platforms/test_front_ends.py": "it takes away what Windows does not have",
    "tests/platforms/test_windows_and_macos.py": _SCRIPTS,
    "tests/reconcile/test_databases.py": _DATABASES,
    "tests/run/test_schedule.py": _SIGNALS,
    "tests/scenario/test_load.py": _LINKS,
}
"""File → why it is skipped."""
