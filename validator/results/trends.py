"""The history as one HTML page: verdicts by scenario and run, and times as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

from validator.core.installation import __version__
from validator.report.formatting import format_duration, format_number, format_utc
from validator.report.source_paths import relative_href, relative_path
from validator.results.history import ReleaseStatistics, SavedResult, SavedRun

TEMPLATES = Path(__file__).parent / "templates"
MAX_RUNS = 60
"""The latest runs that are shown; earlier ones are counted."""
MAX_SCENARIOS = 200
MAX_STEP_LINES = 3
"""The slowest steps of a scenario have a line of their own, besides all steps together."""
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 640, 120, 8


@dataclass(frozen=True, slots=True)
class RunColumn:
    """One run. ``href`` is its HTML report, from the page; "" where it is not kept."""

    run_id: str
    release: str
    day: str
    time: str
    href: str
    begins_release: bool


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """The value of one run, and its place in the chart."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of a chart. ``parts`` are its unbroken parts: a run without a value is a gap."""

    name: str
    summary: str
    parts: tuple[tuple[ChartPoint, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Times over runs, in milliseconds. ``releases`` are the x at which a release begins."""

    lines: tuple[ChartLine, ...]
    most: str
    releases: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One scenario; ``cells`` are its verdicts by run, None where it was not run."""

    subject: str
    cells: tuple[str | None, ...]
    flaky_in: str
    """The releases in which it is flaky, with its verdicts there; "" where it is not."""
    tag: Chart | None
    steps: Chart | None


def render_trends(
    runs: Sequence[SavedRun], statistics: Sequence[ReleaseStatistics], folder: Path
) -> str:
    """Return the page. ``folder`` is where it will be kept, for its links to reports."""
    # Imported here: only this page needs the template engine.
    from validator.report.html import renderer

    shown = runs[-MAX_RUNS:]
    columns = tuple(_build_columns(shown, folder))
    rows = tuple(_build_rows(shown, columns, statistics))
    style = renderer.read_asset(renderer.TEMPLATES / "report.css") + renderer.read_asset(
        TEMPLATES / "trends.css"
    )
    script = renderer.read_asset(TEMPLATES / "trends.js")
    page: str = (
        renderer.build_environment(TEMPLATES, renderer.TEMPLATES)
        .get_template("trends.html.j2")
        .render(
            columns=columns,
            releases=[
                (release, len(list(group)))
                for release, group in groupby(columns, lambda column: column.release)
            ],
            rows=rows[:MAX_SCENARIOS],
            flaky=[row for row in rows if row.flaky_in],
            more_rows=max(len(rows) - MAX_SCENARIOS, 0),
            more_runs=len(runs) - len(shown),
            headline=f"{format_number(len(rows), 'scenario')}, {format_number(len(runs), 'run')}",
            first=_format_moment(runs[0].started),
            last=_format_moment(runs[-1].started),
            size=(CHART_WIDTH, CHART_HEIGHT),
            style=style,
            script=script,
            policy=renderer.content_security_policy(style, script),
            version=__version__,
        )
    )
    return page + "\n"


def _format_moment(started: str) -> str:
    """Return ``2026-11-23 09:15 UTC``."""
    return f"{format_utc(started)[:16].replace('T', ' ')} UTC"


def _build_columns(runs: Sequence[SavedRun], folder: Path) -> Iterator[RunColumn]:
    # A file that a later run has written anew is the report of that run only.
    latest = {run.report.resolve(): run.run_id for run in runs if run.report}
    before: str | None = None
    for run in runs:
        day, _, time = format_utc(run.started).removesuffix("Z").partition("T")
        is_kept = run.report and run.report.is_file()
        href = (
            relative_href(relative_path(run.report, folder))
            if run.report and is_kept and latest[run.report.resolve()] == run.run_id
            else ""
        )
        yield RunColumn(
            run.run_id, run.release, day, time[:5], href, before not in (None, run.release)
        )
        before = run.release


def _build_rows(
    runs: Sequence[SavedRun],
    columns: Sequence[RunColumn],
    statistics: Sequence[ReleaseStatistics],
) -> Iterator[ScenarioRow]:
    by_run = [{result.subject: result for result in run.results} for run in runs]
    subjects = dict.fromkeys(subject for results in by_run for subject in results)
    for subject in sorted(subjects):
        results = [found.get(subject) for found in by_run]
        yield ScenarioRow(
            subject,
            tuple(result.verdict if result else None for result in results),
            _describe_flaky(subject, statistics),
            _build_chart(columns, {"first tag": [_tag_time(result) for result in results]}),
            _build_chart(columns, _step_times(results)),
        )


def _describe_flaky(subject: str, statistics: Sequence[ReleaseStatistics]) -> str:
    return "; ".join(
        f"{period.release or 'no release'}: {period.counts}"
        for period in statistics
        if period.subject == subject and period.is_flaky
    )


def _tag_time(result: SavedResult | None) -> float | None:
    return result.tag_ms if result else None


def _step_times(
    results: Sequence[SavedResult | None],
) -> Mapping[str, list[float | None]]:
    """Return the times of all steps together and of the slowest steps, by run."""
    known: dict[str, list[float]] = {}
    for result in results:
        for title, ms in result.steps if result else ():
            known.setdefault(title, []).append(ms)
    slowest = sorted(known, key=lambda title: -median(known[title]))[:MAX_STEP_LINES]
    lines: dict[str, list[float | None]] = {
        "all steps": [
            sum(ms for _, ms in result.steps) if result and result.steps else None
            for result in results
        ]
    }
    for title in slowest if len(known) > 1 else ():
        lines[title] = [
            next((ms for name, ms in result.steps if name == title), None) if result else None
            for result in results
        ]
    return lines


def _build_chart(
    columns: Sequence[RunColumn], times: Mapping[str, Sequence[float | None]]
) -> Chart | None:
    """Return a chart; None where no run has a time."""
    known = [ms for line in times.values() for ms in line if ms is not None]
    if not known:
        return None
    most = max(*known, 1.0)
    width, height = CHART_WIDTH - 2 * CHART_MARGIN, CHART_HEIGHT - 2 * CHART_MARGIN
    step = width / max(len(columns) - 1, 1)
    places = [round(CHART_MARGIN + index * step, 1) for index in range(len(columns))]

    def build_line(name: str, values: Sequence[float | None]) -> ChartLine:
        points = [
            ChartPoint(
                x,
                round(CHART_MARGIN + height * (1 - ms / most), 1),
                f"{column.day} {column.time}: {format_duration(ms)}",
            )
            if ms is not None
            else None
            for x, ms, column in zip(places, values, columns, strict=True)
        ]
        parts = tuple(
            tuple(point for point in group if point)
            for is_known, group in groupby(points, lambda point: point is not None)
            if is_known
        )
        return ChartLine(name, _summarize_times(values), parts)

    return Chart(
        tuple(build_line(name, values) for name, values in times.items()),
        format_duration(most),
        tuple(
            round(x - step / 2, 1)
            for x, column in zip(places, columns, strict=True)
            if column.begins_release
        ),
    )


def _summarize_times(values: Sequence[float | None]) -> str:
    known = [ms for ms in values if ms is not None]
    if not known:
        return "not known"
    least, most = format_duration(min(known)), format_duration(max(known))
    extent = least if least == most else f"{least} to {most}"
    return f"{extent}, in the last run {format_duration(known[-1])}"
