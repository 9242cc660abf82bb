"""The commit and the page of a run, as the CI server names them in its environment variables."""

from __future__ import annotations

from collections.abc import Mapping

from validator.core.urls import is_web_url

_COMMIT_VARIABLES = (
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BUILD_SOURCEVERSION",
    "BITBUCKET_COMMIT",
    "CIRCLE_SHA1",
    "GIT_COMMIT",
)
"""GitHub, GitLab, Azure Pipelines, Bitbucket, CircleCI, Jenkins: no two of them set the same."""
_PAGE_VARIABLES = ("CI_JOB_URL", "CIRCLE_BUILD_URL", "BUILD_URL")
"""GitLab, CircleCI, Jenkins. The other servers name only the parts of the address."""


def find_commit(environ: Mapping[str, str]) -> str:
    """Return the commit that the CI server checked out; "" where it is not known."""
    return next((environ[name] for name in _COMMIT_VARIABLES if environ.get(name)), "")


def find_run_page(environ: Mapping[str, str]) -> str:
    """Return the address of the run on the CI server; "" where it is not known."""
    candidates = (
        *(environ.get(name, "") for name in _PAGE_VARIABLES),
        # https://docs.github.com/en/actions/reference/workflows-and-actions/variables
        _join(environ, "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"),
        # https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
        _join(
            environ,
            "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
        ),
        _join(environ, "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}"),
    )
    return next((each for each in candidates if is_web_url(each)), "")


def _join(environ: Mapping[str, str], pattern: str) -> str:
    """Fill in the variables; "" where one of them is not set."""
    try:
        return pattern.format_map(environ)
    except KeyError:
        return ""
