"""The commit and the page of a run are those that the CI server names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from validator.results.ci_server import find_commit, find_run_page

GITHUB = {
    "GITHUB_SHA": "1a2b",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "shop/checkout",
    "GITHUB_RUN_ID": "77",
}
GITLAB = {"CI_COMMIT_SHA": "1a2b", "CI_JOB_URL": "https://gitlab.example/shop/-/jobs/5"}
JENKINS = {"GIT_COMMIT": "1a2b", "BUILD_URL": "https://ci.example/job/shop/9/"}
AZURE = {
    "BUILD_SOURCEVERSION": "1a2b",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.example/acme/",
    "SYSTEM_TEAMPROJECT": "shop",
    "BUILD_BUILDID": "31",
}


@pytest.mark.parametrize(
    ("environ", "page"),
    [
        (GITHUB, "https://github.example/shop/checkout/actions/runs/77"),
        (GITLAB, "https://gitlab.example/shop/-/jobs/5"),
        (JENKINS, "https://ci.example/job/shop/9/"),
        (AZURE, "https://dev.azure.example/acme/shop/_build/results?buildId=31"),
    ],
    ids=["GitHub", "GitLab", "Jenkins", "Azure"],
)
def test_a_ci_server_names_its_run(environ: Mapping[str, str], page: str) -> None:
    assert (find_commit(environ), find_run_page(environ)) == ("1a2b", page)


@pytest.mark.parametrize("environ", [{}, {"BUILD_URL": "javascript:alert(1)"}])
def test_elsewhere_nothing_is_said(environ: Mapping[str, str]) -> None:
    assert (find_commit(environ), find_run_page(environ)) == ("", "")
