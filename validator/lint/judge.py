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
from validator.lint.catalogue import FIXED_BY_LOADER
from validator.lint.clear_secrets import secret_remarks
from validator.lint.file_checks import file_remarks, project_remarks
from validator.lint.remarks import Edit, Remark, edit_at, is_ignored
from validator.lint.sources import Kind, Source, files_in, kind_of
from validator.lint.step_checks import step_remarks
from validator.run.config import Config, find_config, load_config
from validator.scenario.load import load_scenarios
from validator.scenario.parse.node import Node, Problems
from validator.scenario.parse.schema_check import fragment_findings
from validator.scenario.settings.setting_layers import Given

_OF_THIS_MACHINE = frozenset(
    {"environment-missing", "secret-missing", "secrets-file-missing", "state-missing"}
)
"""What is wrong where a value is not set, or a file not made: it need not be where one lints."""


@dataclass(frozen=True, slots=True)
class Linted:
    """How many files were looked at, and what was found, file by file from top to bottom."""

    files: int
    remarks: tuple[Remark, ...]

    def edits(self) -> Mapping[str, list[Edit]]:
        """Return the safe edits by the file's path as it was shown."""
        found: dict[str, list[Edit]] = {}
        for each in self.remarks:
            if each.edit and each.finding.location:
                found.setdefault(each.finding.location.source, []).append(each.edit)
        return found


def lint(paths: Iterable[Path], environ: Mapping[str, str]) -> Linted:
    """Look at files, and at the YAML files of folders.

    Raises InputError where a path leads to nothing that could be looked at.
    """
    files, missing = files_in(paths)
    if missing:
        raise InputError(missing)
    sources, refused = _readable(files)
    by_path = _with_fragments(sources)
    given = _given(environ)
    remarks = [
        *(Remark(finding) for finding in refused),
        *_refused(sources, environ, given),
        *_unwise(sources, by_path, given),
    ]
    lines = {source.document.label: source.document for source in by_path.values()}
    kept = [each for each in remarks if not _is_answered(each, lines)]
    return Linted(len(files), _in_order(kept))


def _readable(files: list[tuple[Path, bool]]) -> tuple[list[Source], list[Finding]]:
    sources: list[Source] = []
    refused: list[Finding] = []
    for path, is_whole in files:
        try:
            sources.append(Source(path, kind_of(path), read_file(path), is_whole))
        except InputError as error:
            refused += error.findings
    return sources, refused


def _with_fragments(sources: list[Source]) -> dict[Path, Source]:
    """Return the sources by path, and with them what they include, at any depth."""
    found = {source.path.resolve(): source for source in sources}
    waiting = list(sources)
    while waiting:
        for path in waiting.pop().includes():
            if path not in found and path.is_file():
                try:
                    fragment = Source(path, Kind.FRAGMENT, read_file(path))
                except InputError:
                    continue  # the loader tells of it, where it is included
                found[path] = fragment
                waiting.append(fragment)
    return found


def _included(source: Source, by_path: Mapping[Path, Source]) -> list[Source]:
    found: dict[Path, Source] = {}
    waiting = [source]
    while waiting:
        for path in waiting.pop().includes():
            if path not in found and path in by_path:
                found[path] = by_path[path]
                waiting.append(by_path[path])
    return list(found.values())


def _refused(sources: list[Source], environ: Mapping[str, str], given: Given) -> Iterator[Remark]:
    """Yield what ``run`` would refuse."""
    found = [f for f in _refusals(sources, environ, given) if f.rule not in _OF_THIS_MACHINE]
    documents = {source.document.label: source.document for source in sources}
    for finding in dict.fromkeys(found):
        place = finding.location
        document = documents.get(place.source) if place else None
        written = document.source_map.plain.get(finding.pointer) if document else None
        edit = None
        if finding.rule == FIXED_BY_LOADER and written and place:
            edit = edit_at(place, written, json.dumps(written, ensure_ascii=False))
        yield Remark(Redactor(()).apply(finding), edit)


def _refusals(sources: list[Source], environ: Mapping[str, str], given: Given) -> Iterator[Finding]:
    for source in sources:
        if source.kind is Kind.FRAGMENT:
            yield from fragment_findings(source.document)
        elif source.kind is Kind.CONFIG:
            yield from _raised(partial(load_config, source.path))
    scenarios = [source.path for source in sources if source.kind is Kind.SCENARIO]
    yield from _raised(
        partial(load_scenarios, scenarios, environ=environ, run_id="lint", given=given)
    )


def _raised(load: Callable[[], object]) -> tuple[Finding, ...]:
    try:
        load()
    except InputError as error:
        return error.findings
    return ()


def _given(environ: Mapping[str, str]) -> Given:
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
        return Given()


def _unwise(sources: list[Source], by_path: dict[Path, Source], given: Given) -> Iterator[Remark]:
    is_proven = given.around({}, {}).get("confirmation") is not None
    for source in sources:
        yield from secret_remarks(source)
        yield from step_remarks(source)
        yield from file_remarks(source, _included(source, by_path), is_proven=is_proven)
    yield from project_remarks(sources, by_path)


def _is_answered(said: Remark, documents: Mapping[str, Document]) -> bool:
    place = said.finding.location
    document = documents.get(place.source) if place else None
    return document is not None and is_ignored(said, document.line(place.line if place else None))


def _in_order(remarks: list[Remark]) -> tuple[Remark, ...]:
    problems = Problems()
    problems.extend(each.finding for each in remarks)
    by_finding = {each.finding: each for each in reversed(remarks)}
    return tuple(by_finding[finding] for finding in problems.findings)
