"""The tables of the register: places, a tie between two of them, the sources that say so."""

from friendship.models.auditing import AcceptedFinding
from friendship.models.imports import ColumnMapping, ImportRow, ImportRun
from friendship.models.places import City, Country, Place, PlaceQuerySet, Province
from friendship.models.policy import Policy
from friendship.models.proposals import Proposal, ProposalQuerySet
from friendship.models.readings import Reading, ReadingDecision
from friendship.models.redirects import Redirect
from friendship.models.relationships import Event, Relationship, RelationshipQuerySet
from friendship.models.rights import AccessEvent, FailedLogin, Remit
from friendship.models.sources import Evidence, ReportedTotal, Source
from friendship.models.suggestions import Suggestion

__all__ = [
    "AcceptedFinding",
    "AccessEvent",
    "City",
    "ColumnMapping",
    "Country",
    "Event",
    "Evidence",
    "FailedLogin",
    "ImportRow",
    "ImportRun",
    "Place",
    "PlaceQuerySet",
    "Policy",
    "Proposal",
    "ProposalQuerySet",
    "Province",
    "Reading",
    "ReadingDecision",
    "Redirect",
    "Relationship",
    "RelationshipQuerySet",
    "Remit",
    "ReportedTotal",
    "Source",
    "Suggestion",
]
