"""Lints files: reports the errors of the loader, and applies the rules of the linter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from validator.contract.readers import read_file
from validator.core.document import Document
from validator.core.errors import InputError
from validator.core.finding import Finding
from validator.core.redaction import Redactor
from validator.lint.catalogue import YAML_TRAP_RULE
from validator.lint.clear_secrets import find_clear_secrets
from validator.lint.file_checks import check_file, check_project
from validator.lint.lint_findings import Edit, LintFinding, build_edit, is_ignored
from validator.lint.lint_sources import FileKind, LintSource, classify_file, find_files
from validator.lint.step_checks import check_steps
from validator.run.config import Config, find_config, load_config
from validator.scenario.load import load_scenarios
from validator.scenario.settings.setting_layers import RunSettings
from validator.scenario.syntax.node import FindingCollector, Node
from validator.scenario.syntax.schema_check import fragment_findings

_MACHINE_SPECIFIC_RULES = frozenset(
    {"environment-missing", "secret-missing", "secrets-file-missing", "state-missing"}
)
"""Errors about missing values and files, which need not exist on the machine that lints."""


@dataclass(frozen=True, slots=True)
class LintResult:
    """The number of linted files, and the findings by file and line."""

    files: int
    findings: tuple[LintFinding, ...]

    def edits(self) -> Mapping[str, list[Edit]]:
        """Return the safe edits by the path of the file, as reports show it."""
        found: dict[str, list[Edit]] = {}
        for each in self.findings:
            if each.edit and each.finding.location:
                found.setdefault(each.finding.location.source, []).append(each.edit)
        return found


def lint(paths: Iterable[Path], environ: Mapping[str, str]) -> LintResult:
    """Lint files, and the YAML files of folders.

    Raises InputError if a path does not exist, or a folder has no YAML file.
    """
    files, missing = find_files(paths)
    if missing:
        raise InputError(missing)
    sources, refused = _read_sources(files)
    by_path = _add_fragments(sources)
    given = _read_run_settings(environ)
    findings = [
        *(LintFinding(finding) for finding in refused),
        *_loader_findings(sources, environ, given),
        *_check_all(sources, by_path, given),
    ]
    lines = {source.document.label: source.document for source in by_path.values()}
    kept = [each for each in findings if not _is_suppressed(each, lines)]
    return LintResult(len(files), _sort(kept))


def _read_sources(files: list[tuple[Path, bool]]) -> tuple[list[LintSource], list[Finding]]:
    sources: list[LintSource] = []
    refused: list[Finding] = []
    for path, is_whole in files:
        try:
            sources.append(LintSource(path, classify_file(path), read_file(path), is_whole))
        except InputError as error:
            refused += error.findings
    return sources, refused


def _add_fragments(sources: list[LintSource]) -> dict[Path, LintSource]:
    """Return the sources and the fragments that they include, at any depth, by absolute path."""
    found = {source.path.resolve(): source for source in sources}
    waiting = list(sources)
    while waiting:
        for path in waiting.pop().includes():
            if path not in found and path.is_file():
                try:
                    fragment = LintSource(path, FileKind.FRAGMENT, read_file(path))
                except InputError:
                    continue  # the loader reports it at the include
                found[path] = fragment
                waiting.append(fragment)
    return found


def _find_included(source: LintSource, by_path: Mapping[Path, LintSource]) -> list[LintSource]:
    found: dict[Path, LintSource] = {}
    waiting = [source]
    while waiting:
        for path in waiting.pop().includes():
            if path not in found and path in by_path:
                found[path] = by_path[path]
                waiting.append(by_path[path])
    return list(found.values())


def _loader_findings(
    sources: list[LintSource], environ: Mapping[str, str], given: RunSettings
) -> Iterator[LintFinding]:
    """Yield the errors that ``run`` would report."""
    found = [f for f in _load_all(sources, environ, given) if f.rule not in _MACHINE_SPECIFIC_RULES]
    documents = {source.document.label: source.document for source in sources}
    for finding in dict.fromkeys(found):
        place = finding.location
        document = documents.get(place.source) if place else None
        written = document.source_map.plain.get(finding.pointer) if document else None
        edit = None
        if finding.rule == YAML_TRAP_RULE and written and place:
            edit = build_edit(place, written, json.dumps(written, ensure_ascii=False))
        yield LintFinding(Redactor(()).apply(finding), edit)


def _load_all(
    sources: list[LintSource], environ: Mapping[str, str], given: RunSettings
) -> Iterator[Finding]:
    for source in sources:
        if source.kind is FileKind.FRAGMENT:
            yield from fragment_findings(source.document)
        elif source.kind is FileKind.CONFIG:
            yield from _findings_raised_by(partial(load_config, source.path))
    scenarios = [source.path for source in sources if source.kind is FileKind.SCENARIO]
    yield from _findings_raised_by(
        partial(load_scenarios, scenarios, environ=environ, run_id="lint", given=given)
    )


def _findings_raised_by(load: Callable[[], object]) -> tuple[Finding, ...]:
    try:
        load()
    except InputError as error:
        return error.findings
    return ()


def _read_run_settings(environ: Mapping[str, str]) -> RunSettings:
    """Return the settings of the configuration, with those of its first environment.

    Errors of the configuration are left out: they are not errors of the scenarios.
    """
    try:
        path = find_config(Path.cwd(), environ)
        config = load_config(path) if path else Config()
        first = next(iter(config.environments), None)
        chosen = None if first is None or "environment" in config.root else first
        return config.given({}, Node.root(Document("", chosen)) if chosen else None, seed=0)
    except InputError:
        return RunSettings()


def _check_all(
    sources: list[LintSource], by_path: dict[Path, LintSource], given: RunSettings
) -> Iterator[LintFinding]:
    is_proven = given.layers_for({}, {}).get("confirmation") is not None
    for source in sources:
        yield from find_clear_secrets(source)
        yield from check_steps(source)
        yield from check_file(source, _find_included(source, by_path), is_proven=is_proven)
    yield from check_project(sources, by_path)


def _is_suppressed(linted: LintFinding, documents: Mapping[str, Document]) -> bool:
    place = linted.finding.location
    document = documents.get(place.source) if place else None
    return document is not None and is_ignored(linted, document.line(place.line if place else None))


def _sort(findings: list[LintFinding]) -> tuple[LintFinding, ...]:
    problems = FindingCollector()
    problems.extend(each.finding for each in findings)
    by_finding = {each.finding: each for each in reversed(findings)}
    return tuple(by_finding[finding] for finding in problems.findings)
