"""Scenario files → Scenarios. Everything wrong with any of them is said at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, TypeAlias, cast, get_args

from validator.contract.readers import read_file
from validator.core.document import Document, Json, Location
from validator.core.errors import InputError
from validator.core.urls import origin_of, without_login
from validator.scenario.expand.cases import instances as cases_of
from validator.scenario.expand.fragments import Folder
from validator.scenario.expand.matrix import Instance, instances
from validator.scenario.expand.variables import Scope
from validator.scenario.files import ScenarioFile, scenario_files
from validator.scenario.model.scenario import Confirmation, Scenario
from validator.scenario.model.template import Secret
from validator.scenario.parse.durations import parse_duration
from validator.scenario.parse.expectation import tag_expectation
from validator.scenario.parse.locators import consent, locator_in
from validator.scenario.parse.node import Node, Problems
from validator.scenario.parse.payments import expected, limits, order_source
from validator.scenario.parse.schema_check import scenario_findings
from validator.scenario.parse.steps import StepReader
from validator.scenario.parse.verification import verification
from validator.scenario.safety.order_steps import with_commits
from validator.scenario.safety.storage_states import refuse_missing_states
from validator.scenario.settings.browser_settings import base_url, page_options
from validator.scenario.settings.builtin_variables import settings_of
from validator.scenario.settings.rule_overrides import own_schemas, rule_settings
from validator.scenario.settings.scope import Surroundings
from validator.scenario.settings.setting_layers import Given, Layers, said

Policy: TypeAlias = Literal["block", "observe", "allow"]


def load_scenarios(
    paths: Iterable[str | Path],
    *,
    environ: Mapping[str, str],
    run_id: str,
    base_url: str | None = None,
    given: Given | None = None,
) -> tuple[Scenario, ...]:
    """Load the scenarios in files and folders, in the order given, folders sorted.

    One with a matrix gives one for each combination. ``environ`` wins over ``.env`` files beside
    a scenario, in its project's folder and in the current one, and ``base_url`` over all others;
    ``given`` is what the configuration and the command line say. Raises InputError with all
    findings of all files.
    """
    files, findings = scenario_files(Path(path) for path in paths)
    problems = Problems()
    problems.extend(findings)
    given = given or Given()
    if base_url is not None:
        given = replace(given, command={**given.command, **said("--base-url", base_url=base_url)})
    scenarios: list[Scenario] = []
    for file in files:
        try:
            folders = (file.path.parent, file.project)
            around = Surroundings.of(environ, folders, run_id, given)
            for scenario in _read(file, around, problems):
                # Its faults and endings are read from the file itself, which must be sound.
                if not around.problems:
                    scenarios += cases_of(scenario, Node.root(scenario.document), problems)
        except InputError as error:
            problems.extend(error.findings)
    refuse_missing_states(scenarios, problems)
    if problems:
        raise InputError(problems.findings)
    return tuple(scenarios)


def _read(file: ScenarioFile, around: Surroundings, problems: Problems) -> list[Scenario]:
    try:
        return _Reader(file, around).instances()
    finally:
        problems.extend(around.problems.findings)


class _Reader:
    """Reads one file, as far as it can be understood; what cannot is a problem."""

    def __init__(self, file: ScenarioFile, around: Surroundings) -> None:
        self.file, self.around = file, around
        self.document = read_file(file.path)
        findings = scenario_findings(self.document)
        around.problems.extend(findings)
        self.faulty = frozenset(finding.pointer for finding in findings)
        self.root = _readable(self.document, self.faulty)
        self.unread = _unread(self.faulty)

    def instances(self) -> list[Scenario]:
        command = self.around.given.command
        found = instances(self.root.get("matrix"), command, self.around.bare())
        return [self._scenario(instance) for instance in found]

    def _scenario(self, instance: Instance) -> Scenario:
        root, given, problems = self.root, self.around.given, self.around.problems
        layers = given.around(root.items(), instance.settings)
        sure = self.unread.isdisjoint({"vars", "secrets", "matrix"})
        scope = self.around.scope(layers, instance, self.file.name_in_project, sure=sure)
        world = scope.world
        page = page_options(layers, scope)
        url, login = self._base_url(layers, scope)
        if url and login:
            page = replace(page, logins={origin_of(url): login})
        world.settings = settings_of(page, instance, given)
        folder = Folder.of(self.file.path, self.file.project)
        steps = StepReader(scope, folder, self.faulty, url).steps(root.get("steps"))
        policy = _connectif(layers.get("connectif"), scope)
        verify = verification(root.get("verify"), policy, world.environ, problems)
        said = tag_expectation(root.get("expect"), root, scope)
        expect = expected(said, root.get("expect"), steps)
        return Scenario(
            name=f"{_fixed(root.get('name'), scope) or ''}{instance}",
            document=self.document,
            location=Location(self.document.label, 1, 1),
            steps=with_commits(steps, is_due=expect.count != 0),
            expect=expect,
            confirmation=_confirmation(layers.get("confirmation"), scope),
            base_url=url,
            labels=tuple(scope.fixed(label) for label in root.get("labels") or ()),
            timeout=_timeout(layers.get("timeout"), scope),
            page=page,
            device_place=device.location if (device := layers.get("device")) else None,
            consent=tuple(consent(each, scope) for each in layers.listed("consent")),
            connectif=policy,
            secrets=(
                *world.secrets.values(),
                *(Secret(*each) for each in page.secrets()),
                *(Secret(*each) for each in (verify.secrets() if verify else ())),
            ),
            matrix=instance.values,
            seed=given.seed if world.fakes and world.fakes.used else None,
            rules=rule_settings(Node.root(self.document).get("rules"), problems),
            schemas=own_schemas(root.get("schemas"), problems),
            limits=limits(root, scope),
            orders=order_source(root.get("orders"), scope),
            verify=verify,
        )

    def _base_url(self, layers: Layers, scope: Scope) -> tuple[str | None, tuple[str, str] | None]:
        node = layers.get("base_url")
        if node is None and "base_url" in self.unread:
            return "", None
        url = base_url(node, scope)
        return without_login(url) if url else (url, None)


def _readable(document: Document, faulty: frozenset[str]) -> Node:
    """Return the scenario without the keys that are wrong; wrong steps are left to the reader."""
    data = document.data if isinstance(document.data, dict) else {}
    wrong = {at.split("/")[1] for at in faulty if at and not at.startswith("/steps/")}
    kept: dict[str, Json] = {key: value for key, value in data.items() if key not in wrong}
    return Node(document, "", kept)


def _unread(faulty: frozenset[str]) -> set[str]:
    """Return the keys at the top that are wrong, or that a wrong one was meant to be."""
    wrong = {at.split("/")[1] for at in faulty if at}
    meant = (
        get_close_matches(key, ("vars", "secrets", "base_url", "matrix"), n=1) for key in wrong
    )
    return wrong.union(*meant)


def _fixed(node: Node | None, scope: Scope) -> str | None:
    return scope.fixed(node) if node else None


def _confirmation(node: Node | None, scope: Scope) -> Confirmation | None:
    if node is None:
        return None
    url = node if node.is_text else node.get("url")
    return Confirmation(
        node.location,
        scope.public(url) if url else None,
        locator_in(node, scope),
    )


def _timeout(node: Node | None, scope: Scope) -> float:
    """Read a duration that may be a value of the matrix, which no schema has looked at."""
    text = scope.fixed(node) if node else "15s"
    found = parse_duration(text)
    if node and not found:
        message = f'"timeout" must be a duration, such as 500ms, 5s or 1m, not "{text}"'
        scope.world.problems.add("bad-duration", message, node, "Such as: timeout: 15s")
    return found or 0.0


def _connectif(node: Node | None, scope: Scope) -> Policy:
    text = scope.fixed(node) if node else "block"
    if node and text not in get_args(Policy):
        message = f'"connectif" must be block, observe or allow, not "{text}"'
        scope.world.problems.add("bad-policy", message, node, "Such as: connectif: block")
    return cast(Policy, text)
