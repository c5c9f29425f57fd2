"""Ties: the list that staff work through, the form with its evidence and events, and publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from friendship import curation, queries
from friendship.admin.filters import EvidenceFilter, FoundedFilter, ImportFilter, titled
from friendship.admin.forms import EventForm, EvidenceForm, RelationshipForm
from friendship.admin.register import RegisterAdmin, RegisterInline, in_words
from friendship.enums import ReviewState
from friendship.models import Country, Event, Evidence, Relationship

#: Either side by all of its names, and the names of its country.
TIE_SEARCH = tuple(
    f"{side}__{column}" for side in ("home", "partner") for column in ("search_text", "country__search_text")
)


class EvidenceInline(RegisterInline):
    """What sources say of the tie."""

    model = Evidence
    form = EvidenceForm
    autocomplete_fields = ("source",)
    fieldsets = ((None, {"fields": ["source", ("claim", "value"), "quote", "strength"]}),)


class EventInline(RegisterInline):
    """What happened on the tie."""

    model = Event
    form = EventForm
    autocomplete_fields = ("source",)
    fieldsets = ((None, {"fields": [("kind", "paper"), "date", "text_zh", "text_en", "source"]}),)


@admin.register(Relationship)
class RelationshipAdmin(RegisterAdmin):
    """Every tie, drafts included."""

    form = RelationshipForm
    inlines = (EvidenceInline, EventInline)
    list_display = ("home", "partner", "country", "type", "founded", "status", "review_state", "source_count")
    list_display_links = ("home", "partner")
    list_filter = (
        "review_state",
        "type",
        "status",
        EvidenceFilter,
        ("home", admin.RelatedOnlyFieldListFilter),
        ("partner__country", admin.RelatedOnlyFieldListFilter),
        ("partner__country__continent", titled(_("continent of the partner side"))),
        ("home__level", titled(_("level of the home side"))),
        FoundedFilter,
        ImportFilter,
    )
    search_fields = TIE_SEARCH
    search_help_text = _("Either place or its country: Chinese, pinyin (mianyang or my) or English.")
    actions = ("publish", "unpublish")
    fieldsets = (
        (_("The tie"), {"fields": ["home", "partner", "type", "type_as_printed", "status"]}),
        (_("Dates"), {"fields": [("founded", "ended")]}),
        (_("Notes"), {"fields": ["note_zh", "note_en"], "description": _("The public reads these notes.")}),
        (
            _("Publication"),
            {"fields": ["review_state"], "description": _("The public sees published ties only; reviewers publish.")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Ties with both sides and the number of sources that speak of them."""
        listed = super().get_queryset(request).with_places()
        rows: QuerySet[Any] = listed.annotate(source_count=queries.source_count())
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only reviewers decide what the public sees."""
        return () if self.has_publish_permission(request) else ("review_state",)

    def view_on_site(self, obj: Relationship) -> str | None:
        """The public page, where there is one."""
        return obj.get_absolute_url() if obj.review_state == ReviewState.PUBLISHED else None

    # --- columns

    @admin.display(description=_("home side"), ordering="home__pinyin")
    def home(self, tie: Relationship) -> str:
        """The home side."""
        return str(tie.home)

    @admin.display(description=_("partner side"), ordering="partner__pinyin")
    def partner(self, tie: Relationship) -> str:
        """The partner side."""
        return str(tie.partner)

    @admin.display(description=_("country or region"), ordering="partner__country__pinyin")
    def country(self, tie: Relationship) -> Country:
        """The country of the partner side."""
        return tie.partner.country

    @admin.display(description=_("date established"), ordering="founded_year")
    def founded(self, tie: Relationship) -> str | None:
        """The date established, as far as it is known."""
        return tie.founded.iso if tie.founded else None

    @admin.display(description=_("date ended"), ordering="ended_year")
    def ended(self, tie: Relationship) -> str | None:
        """The date ended, as far as it is known, for those who may only read the form."""
        return tie.ended.iso if tie.ended else None

    @admin.display(description=_("sources"), ordering="source_count")
    def source_count(self, tie: Any) -> int:
        """How many sources speak of the tie."""
        return int(tie.source_count)

    # --- publishing

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the user decides what the public sees."""
        return curation.may_publish(request.user)

    @admin.action(description=_("Publish the selected relationships"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Relationship]) -> None:
        """Show the selected ties to the public."""
        if (changed := self._decide(request, curation.publish, queryset)) is not None:
            said = ngettext("%(count)d relationship published.", "%(count)d relationships published.", changed)
            self.message_user(request, said % {"count": changed}, messages.SUCCESS)

    @admin.action(description=_("Unpublish the selected relationships"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Relationship]) -> None:
        """Hide the selected ties from the public."""
        if (changed := self._decide(request, curation.unpublish, queryset)) is not None:
            said = ngettext("%(count)d relationship unpublished.", "%(count)d relationships unpublished.", changed)
            self.message_user(request, said % {"count": changed}, messages.SUCCESS)

    def _decide(self, request: HttpRequest, decision: Callable[..., int], rows: Iterable[Relationship]) -> int | None:
        try:
            return decision(rows, actor=request.user)
        except (curation.StaleVersion, ValidationError, PermissionDenied, IntegrityError) as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return None


@admin.register(Event)
class EventAdmin(RegisterAdmin):
    """What happened on all ties."""

    form = EventForm
    list_display = ("relationship", "kind", "date", "paper", "source")
    list_filter = ("kind", "paper", ("relationship__review_state", titled(_("review state of the tie"))))
    list_select_related = ("relationship__home", "relationship__partner", "source")
    search_fields = (*(f"relationship__{column}" for column in TIE_SEARCH), "text_zh", "text_en")
    search_help_text = _("Either place or its country, or words of the text.")
    autocomplete_fields = ("relationship", "source")
    fieldsets = (
        (None, {"fields": ["relationship", ("kind", "paper"), "date"]}),
        (_("What happened"), {"fields": ["text_zh", "text_en", "source"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Events without the texts of their sources."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("source__text")
        return rows.select_related("relationship__home", "relationship__partner", "source")

    @admin.display(description=_("date"), ordering="date_year")
    def date(self, event: Event) -> str | None:
        """The date, as far as it is known."""
        return event.date.iso if event.date else None
