"""Trouble made on purpose while people read and write, and what was lost by it."""
