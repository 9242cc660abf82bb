"""Scenario files → Scenarios. Everything wrong with any of them is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast

from validator.document import Document, Json, Location
from validator.errors import InputError
from validator.readers import read_file
from validator.scenario.cases import instances
from validator.scenario.commits import with_commits
from validator.scenario.environment import declared_secrets, environment
from validator.scenario.expectation import tag_expectation
from validator.scenario.files import ScenarioFile, scenario_files
from validator.scenario.fragments import Folder
from validator.scenario.grammar import scenario_findings
from validator.scenario.judgement import own_schemas, rule_settings
from validator.scenario.locators import locator_in, milliseconds
from validator.scenario.model import Confirmation, Scenario, Secret
from validator.scenario.node import Node, Problems
from validator.scenario.payments import expected, limits, order_source
from validator.scenario.steps import StepReader
from validator.scenario.variables import Scope, World
from validator.urls import is_web_url, without_login

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


def load_scenarios(
    paths: Iterable[str | Path],
    *,
    environ: Mapping[str, str],
    run_id: str,
    base_url: str | None = None,
) -> tuple[Scenario, ...]:
    """Load the scenarios in files and folders, in the order given, folders sorted.

    ``environ`` wins over ``.env`` files beside a scenario and in the current folder, and
    ``base_url`` over the scenario's own. Raises InputError with all findings of all files.
    """
    files, findings = scenario_files(Path(path) for path in paths)
    problems = Problems()
    problems.extend(findings)
    scenarios: list[Scenario] = []
    for file in files:
        try:
            scenario = _load(file, environ, run_id, base_url, problems)
            scenarios += instances(scenario, Node.root(scenario.document), problems)
        except InputError as error:
            problems.extend(error.findings)
    if problems:
        raise InputError(problems.findings)
    return tuple(scenarios)


def _load(
    file: ScenarioFile,
    environ: Mapping[str, str],
    run_id: str,
    base_url: str | None,
    problems: Problems,
) -> Scenario:
    """Load one scenario as far as it can be understood; what cannot is a problem."""
    document = read_file(file.path)
    findings = scenario_findings(document)
    problems.extend(findings)
    faulty = frozenset(finding.pointer for finding in findings)
    root = _readable(document, faulty)
    world = World(environment(environ, file.path.parent), run_id, problems)
    unread = _unread(faulty)
    world.sure = unread.isdisjoint({"vars", "secrets"})
    world.secrets = declared_secrets(root.get("secrets"), world.environ, problems)
    scope = Scope(world).extended(root.get("vars"), {})
    if base_url is None:
        base_url = "" if "base_url" in unread else _base_url(root.get("base_url"), scope)
    base_url, login = without_login(base_url) if base_url else (base_url, None)
    folder = Folder.of(file.path, file.project)
    steps = StepReader(scope, folder, faulty, base_url).steps(root.get("steps"))
    return Scenario(
        name=_fixed(root.get("name"), scope) or "",
        document=document,
        location=Location(document.label, 1, 1),
        steps=with_commits(steps),
        expect=expected(
            tag_expectation(root.get("expect"), root, scope), root.get("expect"), steps
        ),
        confirmation=_confirmation(root.get("confirmation"), scope),
        base_url=base_url,
        labels=tuple(scope.fixed(label) for label in root.get("labels") or ()),
        timeout=milliseconds(root.get("timeout"), 15_000.0),
        device=_fixed(root.get("device"), scope),
        locale=_locale(root.get("locale"), scope),
        connectif=_connectif(root.get("connectif")),
        secrets=(*world.secrets.values(), *([Secret("password", login[1])] if login else [])),
        login=login,
        rules=rule_settings(Node.root(document).get("rules"), problems),
        schemas=own_schemas(root.get("schemas"), problems),
        limits=limits(root, scope),
        orders=order_source(root.get("orders"), scope),
    )


def _readable(document: Document, faulty: frozenset[str]) -> Node:
    """Return the scenario without the keys that are wrong; wrong steps are left to the reader."""
    data = document.data if isinstance(document.data, dict) else {}
    wrong = {at.split("/")[1] for at in faulty if at and not at.startswith("/steps/")}
    kept: dict[str, Json] = {key: value for key, value in data.items() if key not in wrong}
    return Node(document, "", kept)


def _unread(faulty: frozenset[str]) -> set[str]:
    """Return the keys at the top that are wrong, or that a wrong one was meant to be."""
    wrong = {at.split("/")[1] for at in faulty if at}
    meant = (get_close_matches(key, ("vars", "secrets", "base_url"), n=1) for key in wrong)
    return wrong.union(*meant)


def _fixed(node: Node | None, scope: Scope) -> str | None:
    return scope.fixed(node) if node else None


def _base_url(node: Node | None, scope: Scope) -> str | None:
    if node is None:
        return None
    url = scope.fixed(node)
    if url and not is_web_url(url):
        message = f'"base_url" must be an http(s) URL, not "{url}"'
        scope.world.problems.add(
            "bad-url", message, node, "Such as: base_url: https://shop.example"
        )
    return url


def _locale(node: Node | None, scope: Scope) -> str | None:
    locale = _fixed(node, scope)
    if node and locale and not _LANGUAGE_TAG.fullmatch(locale):
        message = f'"{locale}" is no language tag'
        scope.world.problems.add("bad-locale", message, node, "Write it as in: locale: es-ES")
    return locale


def _confirmation(node: Node | None, scope: Scope) -> Confirmation | None:
    if node is None:
        return None
    url = node if node.is_text else node.get("url")
    return Confirmation(
        node.location,
        scope.public(url) if url else None,
        locator_in(node, scope),
    )


def _connectif(node: Node | None) -> Literal["block", "observe", "allow"]:
    return cast(Literal["block", "observe", "allow"], node.text) if node else "block"
