"""Two records of one thing become one: everything moves to the record that stays, and nothing of it is overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from friendship.curation import Actor, NeedsReview, StaleVersion, may_publish_own, publish_places, rights, sign
from friendship.curation.redirecting import lead
from friendship.curation.reviewing import is_public
from friendship.curation.touched import Kept, Step
from friendship.curation.undoing import undo
from friendship.enums import ReviewState, Status
from friendship.models import Event, Evidence, Place, Redirect, Relationship, ReportedTotal
from friendship.models.curation import Curated
from friendship.queries.facts import Fact, facts_of

#: Rows with a history that point to a place or a tie, and how they move.
MOVED = frozenset(
    {
        ("place", "parent"),
        ("relationship", "home"),
        ("relationship", "partner"),
        ("reportedtotal", "place"),
        ("evidence", "relationship"),
        ("event", "relationship"),
    }
)

#: Facts of a place that the other one may know.
_OF_A_PLACE = ("name_zh", "name_en", "official_code", "wikidata_id", "coordinates", "parent")


@dataclass
class Merged:
    """What a merge did, or would do.

    ``filled`` are the facts that the record that stays takes over, ``differing`` those in which its own stay although
    the other says something else, each with the row of the fact; ``moved`` counts rows by their model; ``ties`` are the
    pairs of ties that become one, the one that stays first. ``steps`` are all rows that are written, in order.
    """

    redirect: Redirect | None = None
    filled: list[tuple[Curated, Fact, Curated]] = field(default_factory=list)
    differing: list[tuple[Curated, Fact, Curated]] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    moved: Counter[type[Curated]] = field(default_factory=Counter)
    same: Counter[type[Curated]] = field(default_factory=Counter)
    ties: list[tuple[Relationship, Relationship]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def merge(
    kept: Place | Relationship,
    gone: Place | Relationship,
    *,
    actor: Actor,
    reason: str = "",
    reviewed: bool = False,
    author: Actor = None,
) -> Merged:
    """Merge two places or two ties, see ``merge_places`` and ``merge_ties``."""
    if isinstance(kept, Place) and isinstance(gone, Place):
        return merge_places(kept, gone, actor=actor, reason=reason, reviewed=reviewed, author=author)
    if isinstance(kept, Relationship) and isinstance(gone, Relationship):
        return merge_ties(kept, gone, actor=actor, reason=reason, reviewed=reviewed, author=author)
    raise ValidationError(_("Only two records of the same kind can be merged."))


def merge_places(
    kept: Place, gone: Place, *, actor: Actor, reason: str = "", reviewed: bool = False, author: Actor = None
) -> Merged:
    """Merge two places of the same country and level; everything that names ``gone`` names ``kept`` afterwards.

    The names of ``gone`` become other names of ``kept``; facts that ``kept`` lacks are filled. Ties that then name the
    same pair are merged as well. All of it stands in the history under ``reason``, or under the number of the merge.
    Raises ``ValidationError`` where the two cannot be one place, ``StaleVersion`` where one has changed since it was
    read, ``NeedsReview`` where the public sees any of it and nobody has ``reviewed`` it.
    """
    _guard(kept, gone, actor, author, reviewed)
    with transaction.atomic():
        _refuse_unlike_places(kept, gone)
        work = _Work(actor, author, reason)
        kept, gone = (work.held(row) for row in (kept, gone))
        work.begin(kept, gone)
        _fill_place(work, kept, gone)
        for child in Place.objects.select_for_update().filter(parent=gone).order_by("pk"):
            work.move(child, parent_id=kept.pk)
        _move_ties(work, kept, gone)
        _move_totals(work, kept, gone)
        work.delete(gone)
    return work.merged


def merge_ties(
    kept: Relationship,
    gone: Relationship,
    *,
    actor: Actor,
    reason: str = "",
    reviewed: bool = False,
    author: Actor = None,
) -> Merged:
    """Merge two ties that have a place in common; evidence and events move to ``kept``, whose own facts stay.

    Raises as ``merge_places`` does.
    """
    _guard(kept, gone, actor, author, reviewed)
    with transaction.atomic():
        _refuse_unlike_ties(kept, gone)
        work = _Work(actor, author, reason)
        _unite(work, work.held(kept), work.held(gone))
    return work.merged


def preview(kept: Place | Relationship, gone: Place | Relationship) -> Merged:
    """What merging the two would do. Raises ``ValidationError`` where they cannot be merged."""
    with transaction.atomic():  # the same code, rolled back
        merged = merge(kept, gone, actor=None)
        transaction.set_rollback(True)
    return merged


def undo_merge(redirect: Redirect, *, actor: Actor) -> list[Kept]:
    """Take a merge back: both records are as before, apart from what staff has changed since, which is returned.

    Raises ``ValidationError`` where the record that stayed was itself merged later, ``PermissionDenied`` where the
    public sees any of it and the actor may not publish.
    """
    with transaction.atomic():
        later = Redirect.objects.filter(kind=redirect.kind, gone=redirect.kept, pk__gt=redirect.pk).first()
        if later is not None:
            raise ValidationError(_("“%(name)s” was merged later: take that back first.") % {"name": later})
        return undo(redirect.reason, actor=actor, finely=True)


# --- who may, and what ------------------------------------------------------------------------------------------------


def _guard(kept: Place | Relationship, gone: Place | Relationship, actor: Actor, author: Actor, reviewed: bool) -> None:
    """Both records lie within the remit of whoever merges them; what hangs on them does then as well."""
    for row in (kept, gone):
        rights.guard(row, actor)
        rights.guard(row, author)
    if not reviewed and not may_publish_own(actor) and touches_public(kept, gone):
        raise NeedsReview


def touches_public(kept: Place | Relationship, gone: Place | Relationship) -> bool:
    """Whether the public sees any of what a merge would change."""
    if is_public(kept) or is_public(gone):
        return True
    return isinstance(gone, Place) and (gone.totals.exists() or gone.children.published().exists())


def _refuse_unlike_places(kept: Place, gone: Place) -> None:
    if kept.pk == gone.pk:
        raise ValidationError(_("A record cannot be merged with itself."))
    if (kept.country_id, kept.level) != (gone.country_id, gone.level):
        raise ValidationError(_("Places can be merged only where country and level are the same."))
    between = Q(home=kept.pk, partner=gone.pk) | Q(home=gone.pk, partner=kept.pk)
    if tie := Relationship.objects.filter(between).first():
        said = _("The two places are tied with each other (No. %(number)s): they cannot be one place.")
        raise ValidationError(said % {"number": tie.pk})


def _refuse_unlike_ties(kept: Relationship, gone: Relationship) -> None:
    if kept.pk == gone.pk:
        raise ValidationError(_("A record cannot be merged with itself."))
    if not {kept.home_id, kept.partner_id} & {gone.home_id, gone.partner_id}:
        raise ValidationError(
            _("The two ties have no place in common. Where their places are the same, merge the places first.")
        )


# --- the work ---------------------------------------------------------------------------------------------------------


class _Work:
    """One merge: who does it, under which reason, and what it has done so far."""

    def __init__(self, actor: Actor, author: Actor, reason: str) -> None:
        self.actor = actor
        self.author = author or actor
        self.reason = reason
        self.merged = Merged()

    def held(self, row: Any) -> Any:
        """The row as it is held, until the transaction ends. Raises ``StaleVersion``."""
        held = type(row)._meta.concrete_model._default_manager.select_for_update().filter(pk=row.pk).first()
        if held is None or held.version != row.version:
            raise StaleVersion(_("“%(row)s” has been changed meanwhile. Nothing was merged.") % {"row": row})
        return held

    def begin(self, kept: Any, gone: Any) -> None:
        """Lead the addresses of one record to the other."""
        redirect = lead(gone, kept, actor=self.author, reason=self.reason)
        self.reason = redirect.reason
        self.merged.redirect = self.merged.redirect or redirect

    def fill(self, kept: Any, gone: Any, names: Iterable[str]) -> bool:
        """Take over the facts that a row lacks; whether there are any."""
        filled = False
        for fact in (fact for fact in facts_of(_model(kept)) if fact.name in names):
            mine, other = fact.of(kept), fact.of(gone)
            if _is_empty(other) or mine == other:
                continue
            if _is_empty(mine):
                self.merged.filled.append((kept, fact, gone))
                _take_over(kept, fact, other)
                filled = True
            else:
                self.merged.differing.append((kept, fact, gone))
        return filled

    def move(self, row: Curated, **columns: Any) -> None:
        """Let a row name the record that stays."""
        for column, value in columns.items():
            setattr(row, column, value)
        self.merged.moved[type(row)] += 1
        self.save(row)

    def save(self, row: Curated) -> None:
        """Write a row with its history."""
        model = _model(row)
        held = model._default_manager.get(pk=row.pk)
        altered = [column for column in _columns(model) if getattr(held, column) != getattr(row, column)]
        before, after = ({column: getattr(each, column) for column in altered} for each in (held, row))
        self.merged.steps.append(Step(model, row.pk, row.version, "change", before, after))
        row.version += 1
        sign(row, self.author, self.reason)
        row.save()

    def publish_places(self, tie: Relationship) -> None:
        """A published tie has published places."""
        if tie.review_state == ReviewState.PUBLISHED:
            publish_places(tie, self.actor, self.reason)

    def delete(self, row: Curated) -> None:
        """Delete a row; its history stays."""
        values = {column: getattr(row, column) for column in _columns(_model(row))}
        self.merged.steps.append(Step(_model(row), row.pk, row.version, "delete", values, {}))
        sign(row, self.author, self.reason)
        key = row.pk
        row.delete()
        row.pk = key  # who tells of the merge names it


def _model(row: Curated) -> type[Curated]:
    return type(row)


def _columns(model: type[Curated]) -> list[str]:
    return [column for fact in facts_of(model) for column in fact.columns]


def _is_empty(values: tuple[Any, ...]) -> bool:
    return all(value in (None, "", Status.UNKNOWN) for value in values)


def _take_over(row: Any, fact: Fact, values: tuple[Any, ...]) -> None:
    for column, value in zip(fact.columns, values, strict=True):
        setattr(row, column, value)


def _fill_place(work: _Work, kept: Place, gone: Place) -> None:
    """Names of the one become other names of the other; what is public stays public."""
    wanted = [name for name in _OF_A_PLACE if name != "parent" or gone.parent_id != kept.pk]
    work.fill(kept, gone, wanted)
    known = {kept.name_zh, kept.name_en, *kept.aliases.splitlines()}
    other = [gone.name_zh, gone.name_en, *gone.aliases.splitlines()]
    work.merged.aliases = [name for name in dict.fromkeys(other) if name and name not in known]
    kept.aliases = "\n".join([*kept.aliases.splitlines(), *work.merged.aliases])
    if gone.review_state == ReviewState.PUBLISHED:
        kept.review_state = ReviewState.PUBLISHED
    kept.full_clean()
    work.save(kept)


def _move_ties(work: _Work, kept: Place, gone: Place) -> None:
    ties = Relationship.objects.select_for_update().filter(Q(home=gone) | Q(partner=gone)).order_by("pk")
    for tie in list(ties):
        side, other = ("home", tie.partner_id) if tie.home_id == gone.pk else ("partner", tie.home_id)
        pair = Q(home=kept, partner=other) | Q(home=other, partner=kept)
        if same := Relationship.objects.select_for_update().filter(pair).first():
            _unite(work, same, tie)
        else:
            work.move(tie, **{f"{side}_id": kept.pk})
            work.publish_places(tie)


def _unite(work: _Work, kept: Relationship, gone: Relationship) -> None:
    """One tie of two: what the one lacks is filled, what hangs on the other moves."""
    work.begin(kept, gone)
    work.merged.ties.append((kept, gone))
    altered = work.fill(kept, gone, _fillable(kept, gone))
    if kept.type != gone.type:
        work.merged.differing += [(kept, fact, gone) for fact in facts_of(Relationship) if fact.name == "type"]
    if kept.review_state != ReviewState.PUBLISHED == gone.review_state:
        kept.review_state = ReviewState.PUBLISHED
        altered = True
    _move_pieces(work, kept, gone)
    if altered:
        kept.full_clean(validate_constraints=False)  # the pair is still there twice
        work.save(kept)
    work.delete(gone)
    work.publish_places(kept)


def _fillable(kept: Relationship, gone: Relationship) -> set[str]:
    """The facts of one tie that may be said of the other: those of another type of tie are not, but for the notes."""
    names = {"note_zh", "note_en"}
    if kept.type == gone.type:
        names |= {"type_as_printed", "status"}
        if not (gone.founded and kept.ended and gone.founded.is_after(kept.ended)):
            names |= {"founded"}
        is_so = kept.status in (Status.UNKNOWN, gone.status)
        if is_so and not (gone.ended and kept.founded and kept.founded.is_after(gone.ended)):
            names |= {"ended"}
    return names


def _move_pieces(work: _Work, kept: Relationship, gone: Relationship) -> None:
    for model in (Evidence, Event):
        rows: Any = model._default_manager.select_for_update().order_by("pk")
        known = {_says(piece) for piece in rows.filter(relationship=kept)}
        for piece in list(rows.filter(relationship=gone)):
            if _says(piece) in known:
                work.merged.same[model] += 1
                work.delete(piece)
            else:
                work.move(piece, relationship_id=kept.pk)


def _says(piece: Any) -> tuple[Any, ...]:
    return tuple(value for fact in facts_of(_model(piece)) if fact.name != "relationship" for value in fact.of(piece))


def _move_totals(work: _Work, kept: Place, gone: Place) -> None:
    held = {_question(total): total for total in ReportedTotal.objects.select_for_update().filter(place=kept)}
    for total in list(ReportedTotal.objects.select_for_update().filter(place=gone).order_by("pk")):
        same = held.get(_question(total))
        if same is None:
            work.move(total, place_id=kept.pk)
        elif same.figure == total.figure:
            work.merged.same[ReportedTotal] += 1
            work.delete(total)
        else:
            said = _(
                "“%(source)s” gives two different totals for the two places (%(one)s, %(other)s): correct one first."
            )
            figures = {"source": total.source, "one": same.figure, "other": total.figure}
            raise ValidationError(said % figures)


def _question(total: ReportedTotal) -> tuple[Any, ...]:
    date = (total.as_of_year, total.as_of_month, total.as_of_day)
    return (total.source_id, total.scope, total.metric, *date)
