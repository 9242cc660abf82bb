"""Renews every generated page of docs/."""

from __future__ import annotations

from docs.generate.pages import FOLDER, PAGES, TABLES, generate

for page in (*PAGES, *TABLES):
    (FOLDER / page).write_text(generate(page), encoding="utf-8")
