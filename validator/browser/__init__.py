"""Everything that touches Playwright, and nothing else does."""
