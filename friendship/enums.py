"""The vocabulary of the register: every closed list of words, with its Chinese and English labels.

The words and their definitions come from the usage of China's foreign affairs offices; docs/data.md lists them.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Continent(TextChoices):
    """Part of the world, after the UN geoscheme (M49) with the Americas divided in two."""

    AFRICA = "africa", _("Africa")
    ANTARCTICA = "antarctica", _("Antarctica")
    ASIA = "asia", _("Asia")
    EUROPE = "europe", _("Europe")
    NORTH_AMERICA = "north-america", _("North America")
    OCEANIA = "oceania", _("Oceania")
    SOUTH_AMERICA = "south-america", _("South America")


class Level(TextChoices):
    """Administrative level of a place (省、市、县三级); each side of a tie has its own."""

    PROVINCE = "province", _("provincial level")
    CITY = "city", _("city level")
    COUNTY = "county", _("county level")


class RelationshipType(TextChoices):
    """Kind of tie."""

    SISTER = "sister", _("sister city")
    COOPERATION = "cooperation", _("friendly cooperation")
    EXCHANGE = "exchange", _("friendly exchange")
    INTENT = "intent", _("letter of intent")
    OTHER = "other", _("other")

    @property
    def definition(self) -> str | Promise:
        """What the type means, in one or two sentences for the public."""
        return _DEFINITIONS[self]


_DEFINITIONS: dict[RelationshipType, Promise] = {
    RelationshipType.SISTER: _(
        "The formal kind, approved by the Chinese People’s Association for Friendship with Foreign Countries (CPAFFC). "
        "Between provinces the papers say “sister province”, “sister state” or “sister prefecture”: it is the same "
        "kind."
    ),
    RelationshipType.COOPERATION: _(
        "A written tie below a sister tie, usually founded by a memorandum of understanding."
    ),
    RelationshipType.EXCHANGE: _("Contact and exchange between two places, with or without a signed paper."),
    RelationshipType.INTENT: _(
        "The two sides agreed to work toward a tie. It is not yet a tie and is not counted as one."
    ),
    RelationshipType.OTHER: _("Any other bond, such as the friendship villages along a border."),
}


class Status(TextChoices):
    """Where a tie stands in its life."""

    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")
    UNKNOWN = "unknown", _("not verified")


#: Rows of these kinds are listed, but are no ties: counts of ties leave them out unless a reader asks for them.
UNCOUNTED_TYPES = frozenset({RelationshipType.INTENT})
UNCOUNTED_STATUSES = frozenset({Status.ENDED})


class ReviewState(TextChoices):
    """Whether the public sees a row."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


class EventKind(TextChoices):
    """What happened on a tie."""

    INTENT = "intent", _("letter of intent")
    APPROVAL = "approval", _("approval")
    SIGNING = "signing", _("signing")
    UPGRADE = "upgrade", _("upgrade")
    RENEWAL = "renewal", _("renewal")
    SUSPENSION = "suspension", _("suspension")
    END = "end", _("end")
    VISIT = "visit", _("visit")
    PROJECT = "project", _("project")
    ANNIVERSARY = "anniversary", _("anniversary")


class Paper(TextChoices):
    """The kind of paper signed; papers are not types of tie."""

    AGREEMENT = "agreement", _("agreement")
    MEMORANDUM = "memorandum", _("memorandum of understanding")
    LETTER_OF_INTENT = "letter_of_intent", pgettext_lazy("paper", "letter of intent")
    JOINT_STATEMENT = "joint_statement", _("joint statement")
    ACTION_PLAN = "action_plan", _("action plan")


class SourceKind(TextChoices):
    """Who speaks in a source."""

    OFFICIAL = "official", _("official")
    PRESS_CONFERENCE = "press_conference", _("press conference")
    NEWS = "news", _("news")
    PARTNER = "partner", _("partner side")
    ENCYCLOPAEDIA = "encyclopaedia", _("encyclopaedia")


class Claim(TextChoices):
    """Which fact of a relationship a piece of evidence speaks of."""

    TIE = "tie", _("the tie itself")
    TYPE = "type", _("type as printed")
    FOUNDED = "founded", _("date established")
    STATUS = "status", _("status")
    ENDED = "ended", _("date ended")


class Strength(TextChoices):
    """Whether the source says it, or lets it be concluded."""

    EXPLICIT = "explicit", _("explicit")
    IMPLIED = "implied", _("implied")


class Scope(TextChoices):
    """Which places a reported total covers."""

    ALL = "all", _("all levels")
    OWN = "own", _("own level")
    SUBORDINATE = "subordinate", _("subordinate levels")


class Metric(TextChoices):
    """What a reported total counts."""

    COUNTRIES = "countries", _("countries and regions")
    PARTNERS = "partners", _("partner places")
    SISTER = "sister", _("sister-city ties")
    COOPERATION = "cooperation", _("friendly-cooperation ties")
    ALL = "all", _("ties in all")


class Severity(TextChoices):
    """How much a finding of the audit weighs. Errors let ``manage.py audit`` fail."""

    ERROR = "error", pgettext_lazy("audit", "error")
    HINT = "hint", pgettext_lazy("audit", "hint")


class ImportFormat(TextChoices):
    """What a file with a list of ties is; ``auto`` is asked for, never stored."""

    REGISTER = "register", _("an export of this register")
    CPAFFC = "cpaffc", _("rows of the national register (CPAFFC)")
    WIKIDATA = "wikidata", _("results of a Wikidata query")
    PAIRS = "pairs", _("pairs of cities with their countries")
    OFFICE = "office", _("a table of a foreign affairs office")
    MAPPED = "mapped", _("a table with columns that you choose")


class ImportState(TextChoices):
    """Where an import stands. Only ``loaded`` ones have changed the register."""

    UPLOADED = "uploaded", pgettext_lazy("import", "uploaded")
    CHECKING = "checking", pgettext_lazy("import", "being compared")
    CHECKED = "checked", pgettext_lazy("import", "waits for confirmation")
    LOADING = "loading", pgettext_lazy("import", "being loaded")
    LOADED = "loaded", pgettext_lazy("import", "loaded")
    UNDOING = "undoing", pgettext_lazy("import", "being undone")
    UNDONE = "undone", pgettext_lazy("import", "undone")
    FAILED = "failed", pgettext_lazy("import", "failed")


class Outcome(TextChoices):
    """What an import makes of one row."""

    CREATED = "created", pgettext_lazy("import", "created")
    UPDATED = "updated", pgettext_lazy("import", "updated")
    UNCHANGED = "unchanged", pgettext_lazy("import", "unchanged")
    DUPLICATE = "duplicate", pgettext_lazy("import", "duplicate")
    CONFLICT = "conflict", pgettext_lazy("import", "conflicting")
    REJECTED = "rejected", pgettext_lazy("import", "rejected")


class RowChoice(TextChoices):
    """What staff decided about one row of an import."""

    PROPOSED = "proposed", pgettext_lazy("import", "as proposed")
    TAKE = "take", pgettext_lazy("import", "take the file’s values")
    SKIP = "skip", pgettext_lazy("import", "leave this row out")


class ReadingChoice(TextChoices):
    """What a person decided about one candidate of a text."""

    ACCEPTED = "accepted", pgettext_lazy("reading", "accepted")
    REFUSED = "refused", pgettext_lazy("reading", "refused")


class OwnChanges(TextChoices):
    """Whether people may publish what they wrote themselves."""

    NEVER = "never", pgettext_lazy("policy", "never: somebody else publishes")
    ALONE = "alone", pgettext_lazy("policy", "only while nobody else is on the staff")
    ALWAYS = "always", pgettext_lazy("policy", "always")


class ProposalKind(TextChoices):
    """What a proposal asks for."""

    EDIT = "edit", pgettext_lazy("proposal", "change of a record")
    PUBLISH = "publish", pgettext_lazy("proposal", "publication of a draft")
    BULK = "bulk", pgettext_lazy("proposal", "same change of many records")
    SHEET = "sheet", pgettext_lazy("proposal", "changes made in a spreadsheet")
    MERGE = "merge", pgettext_lazy("proposal", "merging of two records")
    REVERT = "revert", pgettext_lazy("proposal", "taking back of a change")


class ProposalState(TextChoices):
    """Where a proposal stands. Only ``applied`` ones have changed the register."""

    PREPARED = "prepared", pgettext_lazy("proposal", "being prepared")
    OPEN = "open", pgettext_lazy("proposal", "waits for review")
    RETURNED = "returned", pgettext_lazy("proposal", "returned")
    APPLIED = "applied", pgettext_lazy("proposal", "published")
    DECLINED = "declined", pgettext_lazy("proposal", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")
    UNDONE = "undone", pgettext_lazy("proposal", "undone")


#: Proposals that somebody still has to act on.
PENDING_STATES = frozenset({ProposalState.PREPARED, ProposalState.OPEN, ProposalState.RETURNED})


class SuggestionState(TextChoices):
    """What became of a correction that the public suggested. Every state but ``open`` is the last."""

    OPEN = "open", pgettext_lazy("suggestion", "waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("suggestion", "accepted")
    ANSWERED = "answered", pgettext_lazy("suggestion", "answered")
    DECLINED = "declined", pgettext_lazy("suggestion", "declined")


class MergedKind(TextChoices):
    """What kind of record was merged into another."""

    PLACE = "place", _("place")
    RELATIONSHIP = "relationship", _("relationship")


class AccessKind(TextChoices):
    """What the access log tells of an account."""

    LOGIN = "login", pgettext_lazy("access", "logged in")
    PASSWORD_ACCEPTED = "password_accepted", pgettext_lazy("access", "password accepted, code asked for")
    LOGOUT = "logout", pgettext_lazy("access", "logged out")
    EXPIRED = "expired", pgettext_lazy("access", "session ended by itself")
    FAILED = "failed", pgettext_lazy("access", "log-in failed")
    LOCKED = "locked", pgettext_lazy("access", "locked after failed log-ins")
    RELEASED = "released", pgettext_lazy("access", "lock released")
    CODE_FAILED = "code_failed", pgettext_lazy("access", "wrong code")
    RECOVERY_USED = "recovery_used", pgettext_lazy("access", "recovery code used")
    RECOVERY_MADE = "recovery_made", pgettext_lazy("access", "recovery codes made")
    DEVICE_SET = "device_set", pgettext_lazy("access", "two-step log-in switched on")
    DEVICE_REMOVED = "device_removed", pgettext_lazy("access", "two-step log-in switched off")
    PASSWORD_CHANGED = "password_changed", pgettext_lazy("access", "password changed")
    SESSIONS_ENDED = "sessions_ended", pgettext_lazy("access", "sessions ended")
    ADDED = "added", pgettext_lazy("access", "account added")
    CHANGED = "changed", pgettext_lazy("access", "account changed")
    ACTIVATED = "activated", pgettext_lazy("access", "account activated")
    DEACTIVATED = "deactivated", pgettext_lazy("access", "account deactivated")
    DELETED = "deleted", pgettext_lazy("access", "account deleted")
    ROLE_GIVEN = "role_given", pgettext_lazy("access", "role given")
    ROLE_TAKEN = "role_taken", pgettext_lazy("access", "role taken away")
    PERMISSION_GIVEN = "permission_given", pgettext_lazy("access", "permission given")
    PERMISSION_TAKEN = "permission_taken", pgettext_lazy("access", "permission taken away")
    REMIT_CHANGED = "remit_changed", pgettext_lazy("access", "remit changed")
    POLICY_CHANGED = "policy_changed", pgettext_lazy("access", "rules of the register changed")


class Role(TextChoices):
    """The groups of staff, each with all rights of the one before it; the codes are their names in the database."""

    EDITORS = "Editors", pgettext_lazy("role", "editor")
    REVIEWERS = "Reviewers", pgettext_lazy("role", "reviewer")
    ADMINISTRATORS = "Administrators", pgettext_lazy("role", "administrator")
