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
from validator.core.urls import parse_origin, split_credentials
from validator.scenario.expand.fragments import IncludeResolver
from validator.scenario.expand.payment_cases import expand_cases as cases_of
from validator.scenario.expand.scope import Scope
from validator.scenario.files import ScenarioFile, find_scenarios
from validator.scenario.model.scenario import Confirmation, Scenario
from validator.scenario.model.template import Secret
from validator.scenario.parse.locators import find_locator, parse_consent
from validator.scenario.parse.payments import (
    apply_payment_outcome,
    parse_order_limits,
    parse_order_source,
)
from validator.scenario.parse.steps import StepReader
from validator.scenario.parse.tag_expectations import parse_tag_expectation
from validator.scenario.parse.verification import parse_verification
from validator.scenario.safety.order_steps import mark_order_steps
from validator.scenario.safety.scenario_order import reject_missing_states
from validator.scenario.settings.browser_settings import parse_base_url, parse_page_options
from validator.scenario.settings.builtin_variables import build_condition_settings
from validator.scenario.settings.matrix import MatrixInstance, expand_matrix
from validator.scenario.settings.rule_overrides import parse_rule_overrides, parse_shop_schemas
from validator.scenario.settings.scope_builder import ScopeBuilder
from validator.scenario.settings.setting_layers import RunSettings, SettingLayers, build_layer
from validator.scenario.syntax.durations import parse_duration
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import scenario_findings

ConnectifPolicy: TypeAlias = Literal["block", "observe", "allow"]


def load_scenarios(
    paths: Iterable[str | Path],
    *,
    environ: Mapping[str, str],
    run_id: str,
    base_url: str | None = None,
    given: RunSettings | None = None,
) -> tuple[Scenario, ...]:
    """Load the scenarios in files and folders, in the order given, folders sorted.

    One with a matrix gives one for each combination. ``environ`` wins over ``.env`` files beside
    a scenario, in its project's folder and in the current one, and ``base_url`` over all others;
    ``given`` is what the configuration and the command line say. Raises InputError with all
    findings of all files.
    """
    files, findings = find_scenarios(Path(path) for path in paths)
    problems = FindingCollector()
    problems.extend(findings)
    given = given or RunSettings()
    if base_url is not None:
        given = replace(
            given, command={**given.command, **build_layer("--base-url", base_url=base_url)}
        )
    scenarios: list[Scenario] = []
    for file in files:
        try:
            folders = (file.path.parent, file.project)
            around = ScopeBuilder.of(environ, folders, run_id, given)
            for scenario in _load_file(file, around, problems):
                # Its faults and endings are read from the file itself, which must be sound.
                if not around.problems:
                    scenarios += cases_of(scenario, Node.root(scenario.document), problems)
        except InputError as error:
            problems.extend(error.findings)
    reject_missing_states(scenarios, problems)
    if problems:
        raise InputError(problems.findings)
    return tuple(scenarios)


def _load_file(
    file: ScenarioFile, around: ScopeBuilder, problems: FindingCollector
) -> list[Scenario]:
    try:
        return _ScenarioReader(file, around).instances()
    finally:
        problems.extend(around.problems.findings)


class _ScenarioReader:
    """Reads one file, as far as it can be understood; what cannot is a problem."""

    def __init__(self, file: ScenarioFile, around: ScopeBuilder) -> None:
        self.file, self.around = file, around
        self.document = read_file(file.path)
        findings = scenario_findings(self.document)
        around.problems.extend(findings)
        self.faulty = frozenset(finding.pointer for finding in findings)
        self.root = _without_faulty_keys(self.document, self.faulty)
        self.unread = _find_faulty_keys(self.faulty)

    def instances(self) -> list[Scenario]:
        command = self.around.given.command
        found = expand_matrix(self.root.get("matrix"), command, self.around.empty_scope())
        return [self._scenario(instance) for instance in found]

    def _scenario(self, instance: MatrixInstance) -> Scenario:
        root, given, problems = self.root, self.around.given, self.around.problems
        layers = given.around(root.items(), instance.settings)
        sure = self.unread.isdisjoint({"vars", "secrets", "matrix"})
        scope = self.around.scope(layers, instance, self.file.name_in_project, sure=sure)
        world = scope.world
        page = parse_page_options(layers, scope)
        url, login = self._base_url(layers, scope)
        if url and login:
            page = replace(page, logins={parse_origin(url): login})
        world.settings = build_condition_settings(page, instance, given)
        folder = IncludeResolver.of(self.file.path, self.file.project)
        steps = StepReader(scope, folder, self.faulty, url).steps(root.get("steps"))
        policy = _connectif(layers.get("connectif"), scope)
        verify = parse_verification(root.get("verify"), policy, world.environ, problems)
        said = parse_tag_expectation(root.get("expect"), root, scope)
        expect = apply_payment_outcome(said, root.get("expect"), steps)
        return Scenario(
            name=f"{_resolve_optional(root.get('name'), scope) or ''}{instance}",
            document=self.document,
            location=Location(self.document.label, 1, 1),
            steps=mark_order_steps(steps, is_due=expect.count != 0),
            expect=expect,
            confirmation=_confirmation(layers.get("confirmation"), scope),
            base_url=url,
            labels=tuple(scope.fixed(label) for label in root.get("labels") or ()),
            timeout=_timeout(layers.get("timeout"), scope),
            page=page,
            device_location=device.location if (device := layers.get("device")) else None,
            consent=tuple(parse_consent(each, scope) for each in layers.listed("consent")),
            connectif=policy,
            secrets=(
                *world.secrets.values(),
                *(Secret(*each) for each in page.secrets()),
                *(Secret(*each) for each in (verify.secrets() if verify else ())),
            ),
            matrix=instance.values,
            seed=given.seed if world.fakes and world.fakes.used else None,
            rules=parse_rule_overrides(Node.root(self.document).get("rules"), problems),
            schemas=parse_shop_schemas(root.get("schemas"), problems),
            limits=parse_order_limits(root, scope),
            orders=parse_order_source(root.get("orders"), scope),
            verify=verify,
        )

    def _base_url(
        self, layers: SettingLayers, scope: Scope
    ) -> tuple[str | None, tuple[str, str] | None]:
        node = layers.get("base_url")
        if node is None and "base_url" in self.unread:
            return "", None
        url = parse_base_url(node, scope)
        return split_credentials(url) if url else (url, None)


def _without_faulty_keys(document: Document, faulty: frozenset[str]) -> Node:
    """Return the scenario without the keys that are wrong; wrong steps are left to the reader."""
    data = document.data if isinstance(document.data, dict) else {}
    wrong = {at.split("/")[1] for at in faulty if at and not at.startswith("/steps/")}
    kept: dict[str, Json] = {key: value for key, value in data.items() if key not in wrong}
    return Node(document, "", kept)


def _find_faulty_keys(faulty: frozenset[str]) -> set[str]:
    """Return the keys at the top that are wrong, or that a wrong one was meant to be."""
    wrong = {at.split("/")[1] for at in faulty if at}
    meant = (
        get_close_matches(key, ("vars", "secrets", "base_url", "matrix"), n=1) for key in wrong
    )
    return wrong.union(*meant)


def _resolve_optional(node: Node | None, scope: Scope) -> str | None:
    return scope.fixed(node) if node else None


def _confirmation(node: Node | None, scope: Scope) -> Confirmation | None:
    if node is None:
        return None
    url = node if node.is_text else node.get("url")
    return Confirmation(
        node.location,
        scope.public(url) if url else None,
        find_locator(node, scope),
    )


def _timeout(node: Node | None, scope: Scope) -> float:
    """Read a duration that may be a value of the matrix, which no schema has looked at."""
    text = scope.fixed(node) if node else "15s"
    found = parse_duration(text)
    if node and not found:
        message = f'"timeout" must be a duration, such as 500ms, 5s or 1m, not "{text}"'
        scope.world.problems.add("bad-duration", message, node, "Such as: timeout: 15s")
    return found or 0.0


def _connectif(node: Node | None, scope: Scope) -> ConnectifPolicy:
    text = scope.fixed(node) if node else "block"
    if node and text not in get_args(ConnectifPolicy):
        message = f'"connectif" must be block, observe or allow, not "{text}"'
        scope.world.problems.add("bad-policy", message, node, "Such as: connectif: block")
    return cast(ConnectifPolicy, text)
