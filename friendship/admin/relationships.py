"""Ties, with their evidence and their events."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from friendship import curation
from friendship.admin.choices import chosen
from friendship.admin.curated import CuratedAdmin, CuratedInline, refusals
from friendship.admin.filters import FoundedFilter, RelationshipGaps
from friendship.admin.forms import EventForm, EvidenceForm, RelationshipForm
from friendship.dates import PartialDate
from friendship.enums import ReviewState
from friendship.models import Event, Evidence, Relationship

SIDES = ["home__search_text", "home__country__search_text", "partner__search_text", "partner__country__search_text"]
SIDES_OF_TIE = [f"relationship__{column}" for column in SIDES]


class EvidenceInline(CuratedInline):
    """What sources say about the tie."""

    model = Evidence
    form = EvidenceForm
    autocomplete_fields = ["source"]
    fieldsets = [(None, {"fields": ["source", ("claim", "value", "strength"), "quote"]})]


class EventInline(CuratedInline):
    """What happened on the tie."""

    model = Event
    form = EventForm
    autocomplete_fields = ["source"]
    fieldsets = [(None, {"fields": [("kind", "date", "paper"), "source", "text_zh", "text_en"]})]


@admin.register(Relationship)
class RelationshipAdmin(CuratedAdmin):
    """Ties."""

    form = RelationshipForm
    inlines = [EvidenceInline, EventInline]
    list_display = ["home", "partner", "country", "type", "founded", "status", "review_state", "sources"]
    list_display_links = ["home", "partner"]
    list_filter = [
        "review_state",
        "type",
        "status",
        FoundedFilter,
        RelationshipGaps,
        "home__level",
        ("home", admin.RelatedOnlyFieldListFilter),
        "partner__country__continent",
        ("partner__country", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = SIDES
    ordering = ["-updated_at", "-pk"]
    actions = ["publish", "unpublish"]
    fieldsets = [
        (
            _("Who is tied with whom"),
            {
                "fields": ["home", "partner"],
                "description": _(
                    "Type a few letters: Chinese, pinyin, initials of pinyin or English. "
                    "A pair of places stands in the register once, whichever side is named first."
                ),
            },
        ),
        (_("The tie"), {"fields": [("type", "type_as_printed"), "status", ("founded", "ended")]}),
        (_("Notes for readers"), {"fields": ["note_zh", "note_en"], "classes": ["collapse"]}),
        (
            _("Review"),
            {
                "fields": ["review_state"],
                "description": _("Drafts are seen by staff only. Reviewers publish them."),
            },
        ),
    ]

    @admin.display(description=_("country"), ordering="partner__country__pinyin")
    def country(self, tie: Relationship) -> str:
        """The partner's country."""
        return tie.partner.country.name

    @admin.display(description=_("date established"), ordering="founded_year", empty_value="—")
    def founded(self, tie: Relationship) -> PartialDate | None:
        """The date as far as it is known."""
        return tie.founded

    @admin.display(description=_("date ended"), ordering="ended_year", empty_value="—")
    def ended(self, tie: Relationship) -> PartialDate | None:
        """The date as far as it is known."""
        return tie.ended

    @admin.display(description=_("number of sources"), ordering="source_count")
    def sources(self, tie: Any) -> int:
        """How many sources speak of the tie."""
        count: int = tie.source_count
        return count

    @admin.action(permissions=["publish"], description=_("Publish the selected relationships"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Relationship]) -> None:
        """Show ties to the public."""
        with refusals():
            n = curation.publish(queryset, actor=request.user)
        text = ngettext("%(n)d relationship published.", "%(n)d relationships published.", n)
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    @admin.action(permissions=["publish"], description=_("Withdraw the selected relationships from the public"))
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Relationship]) -> None:
        """Hide ties from the public."""
        with refusals():
            n = curation.unpublish(queryset, actor=request.user)
        text = ngettext("%(n)d relationship withdrawn.", "%(n)d relationships withdrawn.", n)
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Who is offered the two actions."""
        return curation.may_publish(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Relationship | None = None) -> list[str]:
        """Who may not publish sees the review state and cannot change it."""
        return [] if curation.may_publish(request.user) else ["review_state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Relationship]:
        """Ties with both sides and their number of sources."""
        by_tie = Evidence.objects.filter(relationship=OuterRef("pk")).order_by().values("relationship")
        counted = Subquery(by_tie.values(n=Count("source", distinct=True)), output_field=IntegerField())
        rows: QuerySet[Relationship] = super().get_queryset(request)
        sides = rows.select_related("home__country", "partner__country")
        return sides.annotate(source_count=Coalesce(counted, 0))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose both sides by any of their names."""
        return super().formfield_for_foreignkey(db_field, request, **chosen(db_field, self.admin_site), **kwargs)

    def view_on_site(self, row: Relationship) -> str | None:  # type: ignore[override]
        """The public page of what the public sees."""
        return row.get_absolute_url() if row.review_state == ReviewState.PUBLISHED else None


@admin.register(Event)
class EventAdmin(CuratedAdmin):
    """Events of all ties."""

    form = EventForm
    list_display = ["kind", "date", "relationship", "paper", "source"]
    list_display_links = ["kind", "relationship"]
    list_filter = ["kind", "paper"]
    list_select_related = ["relationship__home", "relationship__partner", "source"]
    search_fields = SIDES_OF_TIE
    autocomplete_fields = ["relationship", "source"]
    fieldsets = [(None, {"fields": ["relationship", ("kind", "date", "paper"), "source", "text_zh", "text_en"]})]
    view_on_site = False

    @admin.display(description=_("date"), ordering="date_year", empty_value="—")
    def date(self, event: Event) -> PartialDate | None:
        """The date as far as it is known."""
        return event.date

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Events, without the full texts of their sources."""
        rows: QuerySet[Event] = super().get_queryset(request)
        return rows.defer("source__text")


@admin.register(Evidence)
class EvidenceAdmin(CuratedAdmin):
    """Evidence for all ties."""

    form = EvidenceForm
    list_display = ["relationship", "claim", "shown_value", "strength", "source"]
    list_filter = ["claim", "strength", "source__kind"]
    list_select_related = ["relationship__home", "relationship__partner", "source"]
    search_fields = SIDES_OF_TIE
    autocomplete_fields = ["relationship", "source"]
    fieldsets = [(None, {"fields": ["relationship", "source", ("claim", "value", "strength"), "quote"]})]
    view_on_site = False

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, piece: Evidence) -> str:
        """The value in the reader's words."""
        return piece.shown_value

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        """Evidence, without the full texts of the sources."""
        rows: QuerySet[Evidence] = super().get_queryset(request)
        return rows.defer("source__text")
