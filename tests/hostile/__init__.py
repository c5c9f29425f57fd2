"""What attackers send, known and made up, at every public address, filter and header; and what to look for.

``python -m tests.hostile --requests 100000`` asks a running register; tests/test_hostile.py asks less, in the process.
"""
