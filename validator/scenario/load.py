"""Loads scenario files, and reports the errors of all files at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias, cast, get_args

from validator.contract.readers import read_file
from validator.core.document import Document, Json, Location
from validator.core.errors import InputError
from validator.core.suggestion import find_similar
from validator.core.urls import parse_origin, split_credentials
from validator.scenario.expand.fragments import IncludeResolver
from validator.scenario.expand.payment_cases import expand_cases
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
from validator.scenario.settings.script_settings import parse_script_expectation
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
    """Load the scenarios in files and folders, in the given order; folders are sorted.

    A scenario with a matrix, faults or endings becomes several. ``environ`` wins over ``.env``
    files beside a scenario, in its project's folder and in the current folder. ``base_url`` wins
    over all others. ``given`` are the settings of the configuration and the command line. Raises
    InputError with the findings of all files.
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
            scope_builder = ScopeBuilder.of(environ, folders, run_id, given)
            for scenario in _load_file(file, scope_builder, problems):
                # Faults and endings are read from the document, which must be valid.
                if not scope_builder.problems:
                    scenarios += expand_cases(scenario, Node.root(scenario.document), problems)
        except InputError as error:
            problems.extend(error.findings)
    reject_missing_states(scenarios, problems)
    if problems:
        raise InputError(problems.findings)
    return tuple(scenarios)


def _load_file(
    file: ScenarioFile, scope_builder: ScopeBuilder, problems: FindingCollector
) -> list[Scenario]:
    try:
        return _ScenarioReader(file, scope_builder).instances()
    finally:
        problems.extend(scope_builder.redacted_findings())


class _ScenarioReader:
    """Reads the valid parts of one file; each invalid part is a problem."""

    def __init__(self, file: ScenarioFile, scope_builder: ScopeBuilder) -> None:
        self.file, self.scope_builder = file, scope_builder
        self.document = read_file(file.path)
        findings = scenario_findings(self.document)
        scope_builder.problems.extend(findings)
        self.faulty = frozenset(finding.pointer for finding in findings)
        self.root = _without_faulty_keys(self.document, self.faulty)
        self.faulty_keys = _find_faulty_keys(self.faulty)

    def instances(self) -> list[Scenario]:
        command = self.scope_builder.given.command
        found = expand_matrix(self.root.get("matrix"), command, self.scope_builder.empty_scope())
        return [self._scenario(instance) for instance in found]

    def _scenario(self, instance: MatrixInstance) -> Scenario:
        root, given, problems = self.root, self.scope_builder.given, self.scope_builder.problems
        layers = given.layers_for(root.items(), instance.settings)
        names_complete = self.faulty_keys.isdisjoint({"vars", "secrets", "matrix"})
        scope = self.scope_builder.scope(
            layers, instance, self.file.name_in_project, names_complete=names_complete
        )
        context = scope.context
        page = parse_page_options(layers, scope)
        url, login = self._base_url(layers, scope)
        if url and login:
            page = replace(page, logins={parse_origin(url): login})
        context.settings = build_condition_settings(page, instance, given)
        folder = IncludeResolver.of(self.file.path, self.file.project)
        steps = StepReader(scope, folder, self.faulty, url).steps(root.get("steps"))
        policy = _connectif(layers.get("connectif"), scope)
        verify = parse_verification(root.get("verify"), policy, context.environ, problems)
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
            labels=tuple(scope.resolve_now(label) for label in root.get("labels") or ()),
            properties=MappingProxyType(
                {
                    name: scope.resolve_now(node)
                    for name, node in _items_of(root.get("properties")).items()
                }
            ),
            timeout=_timeout(layers.get("timeout"), scope),
            page=page,
            device_location=device.location if (device := layers.get("device")) else None,
            consent=tuple(parse_consent(each, scope) for each in layers.listed("consent")),
            connectif=policy,
            secrets=(
                *context.secrets.values(),
                *(Secret(*each) for each in page.secrets()),
                *(Secret(*each) for each in (verify.secrets() if verify else ())),
            ),
            matrix=instance.values,
            seed=given.seed if context.fakes and context.fakes.used else None,
            rules=parse_rule_overrides(Node.root(self.document).get("rules"), problems),
            schemas=parse_shop_schemas(root.get("schemas"), problems),
            script=parse_script_expectation(root),
            limits=parse_order_limits(root, scope),
            orders=parse_order_source(root.get("orders"), scope),
            verify=verify,
        )

    def _base_url(
        self, layers: SettingLayers, scope: Scope
    ) -> tuple[str | None, tuple[str, str] | None]:
        node = layers.get("base_url")
        if node is None and "base_url" in self.faulty_keys:
            return "", None
        url = parse_base_url(node, scope)
        return split_credentials(url) if url else (url, None)


def _items_of(node: Node | None) -> Mapping[str, Node]:
    return node.items() if node else {}


def _without_faulty_keys(document: Document, faulty: frozenset[str]) -> Node:
    """Return the scenario without invalid keys; the step reader skips invalid steps."""
    data = document.data if isinstance(document.data, dict) else {}
    wrong = {at.split("/")[1] for at in faulty if at and not at.startswith("/steps/")}
    kept: dict[str, Json] = {key: value for key, value in data.items() if key not in wrong}
    return Node(document, "", kept)


def _find_faulty_keys(faulty: frozenset[str]) -> set[str]:
    """Return the invalid keys at the top, and those that an invalid key may have meant."""
    wrong = {at.split("/")[1] for at in faulty if at}
    similar = {find_similar(key, ("vars", "secrets", "base_url", "matrix")) for key in wrong}
    return (wrong | similar) - {""}


def _resolve_optional(node: Node | None, scope: Scope) -> str | None:
    return scope.resolve_now(node) if node else None


def _confirmation(node: Node | None, scope: Scope) -> Confirmation | None:
    if node is None:
        return None
    url = node if node.is_text else node.get("url")
    return Confirmation(
        node.location,
        scope.resolve_public(url) if url else None,
        find_locator(node, scope),
    )


def _timeout(node: Node | None, scope: Scope) -> float:
    """Read ``timeout``, which may come from the matrix, whose values no schema checks."""
    text = scope.resolve_now(node) if node else "15s"
    found = parse_duration(text)
    if node and not found:
        message = f'"timeout" must be a duration, such as 500ms, 5s or 1m, not "{text}"'
        scope.context.problems.add("bad-duration", message, node, "Such as: timeout: 15s")
    return found or 0.0


def _connectif(node: Node | None, scope: Scope) -> ConnectifPolicy:
    text = scope.resolve_now(node) if node else "block"
    if node and text not in get_args(ConnectifPolicy):
        message = f'"connectif" must be block, observe or allow, not "{text}"'
        scope.context.problems.add("bad-policy", message, node, "Such as: connectif: block")
    return cast(ConnectifPolicy, text)
