"""Lines of styled text, laid out with rich. The only module of the reports that imports it.

Only Text is printed, never str: rich does not interpret markup in it, highlight it or link it, so
that text of a page cannot style a report.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

StyledText: TypeAlias = str | tuple[str, str]
"""Text, or text with a rich style. The text must be sanitized."""

_WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Layout:
    """Collects lines of at most ``width`` columns."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._lines: list[Text] = []

    def line(self, *parts: StyledText) -> None:
        """Add one line as it is, however long."""
        self._lines.append(Text.assemble(*parts))

    def blank(self) -> None:
        """Add an empty line, unless the last line is empty."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def add_paragraph(self, *parts: StyledText, first: StyledText = "", indent: int = 0) -> None:
        """Add text wrapped to the right of ``indent`` columns; ``first`` is put in those
        columns."""
        text = Text.assemble(*parts)
        wrapped = text.wrap(self._console(), max(self.width - indent, 20), overflow="fold")
        for line in wrapped:
            line.rstrip()
            margin = Text.assemble(first)
            margin.pad_right(indent - margin.cell_len)
            self._lines.append(margin + line)
            first = ""

    def add_split_line(self, left: tuple[StyledText, ...], right: StyledText) -> None:
        """Add a line with ``right`` at the right edge; a long left side is wrapped before it."""
        end = Text.assemble(right)
        room = max(self.width - end.cell_len - 1, 20)
        lines = Text.assemble(*left).wrap(self._console(), room, overflow="fold")
        first = lines[0]
        first.rstrip()
        first.pad_right(max(self.width - end.cell_len - first.cell_len, 1))
        self._lines.append(first + end)
        self._lines.extend(Text("  ") + line for line in lines[1:])

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[StyledText]]) -> None:
        """Add a table, with the text of each cell wrapped."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
        for heading in headings:
            table.add_column(Text(heading), overflow="fold")
        for row in rows:
            table.add_row(*(Text.assemble(cell) for cell in row))
        for line in self._console(color=True).render_lines(table, pad=False):
            parts = ((segment.text, segment.style or "") for segment in line)
            text = Text.assemble(*parts)
            text.rstrip()
            self._lines.append(text)

    def text(self, *, color: bool) -> str:
        """Return all lines, with ANSI escapes if ``color``; ends with a newline."""
        console = self._console(color=color)
        with console.capture() as captured:
            self._print(console)
        return captured.get()

    def svg(self, title: str) -> str:
        """Return all lines as SVG. It loads nothing: fonts are those of the viewer's machine."""
        console = self._console(color=True, record=True)
        self._print(console)
        return _WEB_FONT.sub("", console.export_svg(title=title))

    def _print(self, console: Console) -> None:
        for line in self._lines:
            console.print(line, soft_wrap=True)

    def _console(self, *, color: bool = False, record: bool = False) -> Console:
        return Console(
            file=io.StringIO(),
            width=self.width,
            force_terminal=color,
            no_color=not color,
            color_system="standard" if color else None,
            legacy_windows=False,
            record=record,
        )
