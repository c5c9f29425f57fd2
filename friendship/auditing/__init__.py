"""Rules that no constraint of the database can say: what they are, what they find, and what of it was accepted.

``manage.py audit``, the workbench and the audit's pages ask here. Each rule reads the register row by row; only
numbers are kept, until the tables that a rule reads change.
"""

from friendship.auditing.findings import Finding, Rule, fingerprint
from friendship.auditing.rules import RULES, rule
from friendship.auditing.standing import Accepted, Standing, Tally, accepted, findings, is_within, standing, tallies

__all__ = [
    "RULES",
    "Accepted",
    "Finding",
    "Rule",
    "Standing",
    "Tally",
    "accepted",
    "findings",
    "fingerprint",
    "is_within",
    "rule",
    "standing",
    "tallies",
]
