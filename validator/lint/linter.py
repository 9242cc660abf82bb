"""Files → what is wrong with them: first what the loader refuses, then what is unwise."""

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
"""What is wrong where a value is not set, or a file not made: it need not be where one lints."""


@dataclass(frozen=True, slots=True)
class LintResult:
    """How many files were looked at, and what was found, file by file from top to bottom."""

    files: int
    remarks: tuple[LintFinding, ...]

    def edits(self) -> Mapping[str, list[Edit]]:
        """Return the safe edits by the file's path as it was shown."""
        found: dict[str, list[Edit]] = {}
        for each in self.remarks:
            if each.edit and each.finding.location:
                found.setdefault(each.finding.location.source, []).append(each.edit)
        return found


def lint(paths: Iterable[Path], environ: Mapping[str, str]) -> LintResult:
    """Look at files, and at the YAML files of folders.

    Raises InputError where a path leads to nothing that could be looked at.
    """
    files, missing = find_files(paths)
    if missing:
        raise InputError(missing)
    sources, refused = _read_sources(files)
    by_path = _add_fragments(sources)
    given = _read_run_settings(environ)
    remarks = [
        *(LintFinding(finding) for finding in refused),
        *_loader_findings(sources, environ, given),
        *_check_all(sources, by_path, given),
    ]
    lines = {source.document.label: source.document for source in by_path.values()}
    kept = [each for each in remarks if not _is_suppressed(each, lines)]
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
    """Return the sources by path, and with them what they include, at any depth."""
    found = {source.path.resolve(): source for source in sources}
    waiting = list(sources)
    while waiting:
        for path in waiting.pop().includes():
            if path not in found and path.is_file():
                try:
                    fragment = LintSource(path, FileKind.FRAGMENT, read_file(path))
                except InputError:
                    continue  # the loader tells of it, where it is included
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
    """Yield what ``run`` would refuse."""
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
    """Return what the configuration gives scenarios; of its environments, the first.

    What is wrong with the configuration is no fault of theirs.
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
    is_proven = given.around({}, {}).get("confirmation") is not None
    for source in sources:
        yield from find_clear_secrets(source)
        yield from check_steps(source)
        yield from check_file(source, _find_included(source, by_path), is_proven=is_proven)
    yield from check_project(sources, by_path)


def _is_suppressed(said: LintFinding, documents: Mapping[str, Document]) -> bool:
    place = said.finding.location
    document = documents.get(place.source) if place else None
    return document is not None and is_ignored(said, document.line(place.line if place else None))


def _sort(remarks: list[LintFinding]) -> tuple[LintFinding, ...]:
    problems = FindingCollector()
    problems.extend(each.finding for each in remarks)
    by_finding = {each.finding: each for each in reversed(remarks)}
    return tuple(by_finding[finding] for finding in problems.findings)
