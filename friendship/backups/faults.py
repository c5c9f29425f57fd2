"""Why a backup or a restore was refused."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed; the message says why, in one line for whoever asked."""
