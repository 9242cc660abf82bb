"""Waiting for a tag without polling, and taking a snapshot of the page that has it."""
