"""Ties: the list that staff work through, the form with its evidence and events, and publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from friendship import curation, queries
from friendship.admin import anniversaries, at_hand, bulk, proposing, worksheets
from friendship.admin.correcting import first_evidence
from friendship.admin.filters import DisagreementFilter, EvidenceFilter, FoundedFilter, ImportFilter, titled
from friendship.admin.forms import EventForm, EvidenceForm, RelationshipForm
from friendship.admin.records import RecordAdmin
from friendship.admin.register import RegisterAdmin, RegisterInline, in_words
from friendship.curation import proposals
from friendship.enums import ReviewState
from friendship.models import Country, Event, Evidence, Proposal, Relationship, RelationshipQuerySet, Source

#: Either side by all of its names, and the names of its country.
TIE_SEARCH = tuple(
    f"{side}__{column}" for side in ("home", "partner") for column in ("search_text", "country__search_text")
)


class EvidenceInline(RegisterInline):
    """What sources say of the tie."""

    model = Evidence
    form = EvidenceForm
    autocomplete_fields = ("source",)
    fieldsets = ((None, {"fields": ["source", ("claim", "value"), "quote", "strength", "chosen_start"]}),)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Besides what a proposal adds, a row for the source that the public suggests."""
        return super().get_extra(request, obj, **kwargs) or len(first_evidence(request, obj))


class EventInline(RegisterInline):
    """What happened on the tie."""

    model = Event
    form = EventForm
    autocomplete_fields = ("source",)
    fieldsets = ((None, {"fields": [("kind", "paper"), "date", "text_zh", "text_en", "source"]}),)


@admin.register(Relationship)
class RelationshipAdmin(RecordAdmin):
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
        DisagreementFilter,
        ("home", admin.RelatedOnlyFieldListFilter),
        ("partner__country", admin.RelatedOnlyFieldListFilter),
        ("partner__country__continent", titled(_("continent of the partner side"))),
        ("home__level", titled(_("level of the home side"))),
        FoundedFilter,
        ImportFilter,
    )
    search_fields = TIE_SEARCH
    search_help_text = _("Either place or its country: Chinese, pinyin (mianyang or my) or English.")
    actions = (
        "publish",
        "unpublish",
        "merge",
        bulk.set_type,
        bulk.set_status,
        bulk.add_source,
        worksheets.edit_in_spreadsheet,
    )
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
        held = cast("RelationshipQuerySet", super().get_queryset(request))
        rows: QuerySet[Any] = held.with_places().annotate(source_count=queries.source_count())
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only reviewers decide what the public sees; of a new tie they decide once others may have looked at it."""
        decides = self.has_publish_permission(request) if obj else curation.may_publish_own(request.user)
        return () if decides else ("review_state",)

    # --- review

    def get_inline_formsets(self, request: HttpRequest, formsets: Any, *args: Any, **kwargs: Any) -> Any:
        """The inlines; what a proposal takes away is ticked."""
        inlines = super().get_inline_formsets(request, formsets, *args, **kwargs)
        if request.method == "GET" and (proposal := proposing.amended(request)):
            for formset in formsets:
                _prefill(formset, proposal)
        return inlines

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """What an inline begins with: the rows that the proposal being mended would add, or that the public suggests.

        They count as entered, so the form is not told of them once it is sent.
        """
        known: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and (proposal := proposing.amended(request)):
            known["initial"] = proposing.additions(proposal, inline.model)
        elif isinstance(inline, EvidenceInline) and (first := first_evidence(request, obj)):
            known["initial"] = first
        return known

    def _may_submit(self, request: HttpRequest, row: Any) -> bool:
        is_draft = row is None or row.review_state == ReviewState.DRAFT
        return is_draft and not curation.may_publish_own(request.user)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Go on after adding; with “save and submit”, ask for review."""
        return self._submitted(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on after saving; with “save and submit”, ask for review."""
        return self._submitted(request, obj) or super().response_change(request, obj)

    def _submitted(self, request: HttpRequest, tie: Relationship) -> HttpResponse | None:
        """Ask that the draft be published."""
        if "_submit" not in request.POST or tie.review_state != ReviewState.DRAFT:
            return None
        proposal = proposals.propose_publication(tie, actor=request.user, note=proposing.note_of(request))
        self.message_user(request, _("Saved, and submitted: a reviewer sees it now."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[proposal.pk]))

    def view_on_site(self, obj: Relationship) -> str | None:
        """The public page, where there is one."""
        return obj.get_absolute_url() if obj.review_state == ReviewState.PUBLISHED else None

    # --- addresses of its own

    def get_urls(self) -> list[URLPattern]:
        """What the script of the form asks for, the anniversaries that are near, where an edited table comes back."""
        view = self.admin_site.admin_view
        return [
            worksheets.address(self),
            path("anniversaries/", view(self.anniversaries_view), name="friendship_relationship_anniversaries"),
            path("sources/", view(self.found_view), name="friendship_relationship_sources"),
            path("sources/<int:key>/text/", view(self.text_view), name="friendship_relationship_text"),
            *super().get_urls(),
        ]

    def anniversaries_view(self, request: HttpRequest) -> TemplateResponse:
        """The ties whose anniversary is near and not yet noted, by the day."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return anniversaries.page(request, self.admin_site)

    # --- the sources beside the form

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, and beside it the evidence at hand."""
        if not context.get("is_popup"):
            context["at_hand"] = at_hand.panel(request, context.get("original"), self._sources())
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def found_view(self, request: HttpRequest) -> HttpResponse:
        """Sources by words of their titles."""
        return at_hand.found_view(request, self, self._sources())

    def text_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The text of one source."""
        return at_hand.text_view(request, self, self._sources(), key)

    def _sources(self) -> admin.ModelAdmin[Source]:
        sources: admin.ModelAdmin[Source] = self.admin_site.get_model_admin(Source)
        return sources

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


def _prefill(formset: Any, proposal: Proposal) -> None:
    """Let the rows of an inline say what the proposal would have them say."""
    model = formset.model._meta.model_name
    told = {change["pk"]: change for change in proposal.changes if change["model"] == model and change["pk"]}
    for form in formset.initial_forms:
        change = told.get(form.instance.pk)
        if change and change["action"] == "delete":
            form.initial["DELETE"] = True
        elif change:
            form.initial |= {column.removesuffix("_id"): value for column, value in change["after"].items()}
            proposing.prefill(form.instance, proposal)
            form.initial |= {name: getattr(form.instance, name) for name in form.date_names}


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
