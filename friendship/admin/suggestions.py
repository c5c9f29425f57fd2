"""Suggestions of the public: the list by state and age, each beside its record, and the answer that closes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from friendship.admin.choices import place_label
from friendship.admin.correcting import form_address, known_source, new_source_address, web_address
from friendship.admin.keys import refuse_odd_list
from friendship.curation import suggestions
from friendship.enums import SuggestionState
from friendship.models import Place, Relationship, Suggestion
from friendship.models.suggestions import LONGEST
from friendship.queries.rights import narrowed, remit_of

_THANKS = _("Thank you. We have checked this and correct the register accordingly.")
_WAITING_FIRST = Case(When(state=SuggestionState.OPEN, then=Value(0)), default=Value(1))
_SHOWN = 60  # characters of a text in the list


class AnswerForm(forms.Form):
    """What becomes of a suggestion, and what its sender reads."""

    state = forms.ChoiceField(choices=[choice for choice in SuggestionState.choices if choice[0] != "open"])
    answer = forms.CharField(required=False, widget=forms.Textarea)

    def clean(self) -> dict[str, Any]:
        """Nobody is left without an answer; thanks are said by themselves."""
        cleaned = super().clean() or self.cleaned_data
        answer = str(cleaned.get("answer") or "").replace("\r\n", "\n")
        if len(answer) > LONGEST:
            told = _("Answer: at most %(most)d characters; these are %(count)d.")
            self.add_error("answer", told % {"most": LONGEST, "count": len(answer)})
        if not answer and cleaned.get("state") in (SuggestionState.ANSWERED, SuggestionState.DECLINED):
            self.add_error("answer", _("Answer: say why, to the person who sent the suggestion."))
        return cleaned | {"answer": answer}


@admin.register(Suggestion)
class SuggestionAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """What the public says is wrong. Only the public adds to it; staff close each suggestion once."""

    list_display = ("record", "state", "what_is_wrong", "sent_on", "waiting", "handled_by")
    list_filter = ("state", "created_at")
    list_per_page = 50
    list_select_related = ("relationship__home", "relationship__partner", "place", "handled_by")
    ordering = (_WAITING_FIRST, "created_at", "pk")
    search_fields = ("token", "wrong", "right", "source", "email")
    search_help_text = _("The reference number, or words of what was sent.")
    empty_value_display = "—"

    # --- columns

    @admin.display(description=_("record"))
    def record(self, suggestion: Suggestion) -> str:
        """The tie or place that it is about."""
        return str(suggestion.subject or gettext("a deleted record"))

    @admin.display(description=_("what is wrong"), ordering="wrong")
    def what_is_wrong(self, suggestion: Suggestion) -> str:
        """Its first words."""
        return Truncator(suggestion.wrong).chars(_SHOWN)

    @admin.display(description=pgettext_lazy("suggestion", "sent"), ordering="created_at")
    def sent_on(self, suggestion: Suggestion) -> str:
        """The day."""
        return date_format(timezone.localtime(suggestion.created_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("waits since"), ordering="created_at")
    def waiting(self, suggestion: Suggestion) -> str | None:
        """How long it has been waiting for its answer."""
        return timesince(suggestion.created_at, timezone.now(), depth=1) if suggestion.is_open else None

    # --- who may do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        """Those about what lies within the person’s remit."""
        return narrowed(super().get_queryset(request), request.user)

    def has_view_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        """Whoever may read them, and this one."""
        return super().has_view_permission(request, obj) and (obj is None or self._may_read(request, obj))

    def _may_read(self, request: HttpRequest, suggestion: Suggestion) -> bool:
        return remit_of(request.user) is None or self.get_queryset(request).filter(pk=suggestion.pk).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody of the staff: suggestions come from the public."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        """Whoever may answer them."""
        return super().has_change_permission(request, obj) and (obj is None or self._may_handle(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Suggestion | None = None) -> bool:
        """Whoever may delete them and answer this one."""
        return super().has_delete_permission(request, obj) and (obj is None or self._may_handle(request, obj))

    def _may_handle(self, request: HttpRequest, suggestion: Suggestion) -> bool:
        return suggestions.may_handle(request.user, suggestion)

    # --- the list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List them under their own name, not as something to select."""
        refuse_odd_list(request, self.model)
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # --- one suggestion

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show it beside its record as that stands now, and close it with an answer."""
        suggestion = self._held(object_id)
        if not self.has_view_permission(request, suggestion):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, suggestion, AnswerForm())
        if not self.has_change_permission(request, suggestion):
            raise PermissionDenied
        form = AnswerForm(request.POST)
        if form.is_valid() and self._close(request, suggestion, form):
            return HttpResponseRedirect(f"{reverse('admin:friendship_suggestion_changelist')}?state__exact=open")
        return self._page(request, self._held(object_id), form)

    def _held(self, object_id: str) -> Suggestion:
        try:
            return get_object_or_404(Suggestion, pk=int(unquote(object_id)))
        except ValueError:
            raise Http404 from None

    def _close(self, request: HttpRequest, suggestion: Suggestion, form: AnswerForm) -> bool:
        state = SuggestionState(form.cleaned_data["state"])
        answer = form.cleaned_data["answer"] or thanks(suggestion)
        try:
            suggestions.close(suggestion, state, actor=request.user, answer=answer)
        except (suggestions.AlreadyClosed, PermissionDenied) as error:
            form.add_error(None, str(error))
            return False
        said = gettext("The suggestion was closed: %(state)s.") % {"state": state.label}
        self.message_user(request, said, messages.SUCCESS)
        return True

    def _page(self, request: HttpRequest, suggestion: Suggestion, form: AnswerForm) -> TemplateResponse:
        subject = suggestion.subject
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Suggestion about %(record)s") % {"record": self.record(suggestion)},
            "suggestion": suggestion,
            "web_address": web_address(suggestion),
            "known_source": known_source(suggestion),
            "new_source": new_source_address(suggestion) if request.user.has_perm("friendship.add_source") else "",
            "subject": subject,
            "facts": facts(subject) if subject else [],
            "correct": form_address(suggestion),
            "thanks": thanks(suggestion),
            "form": form,
            "longest": LONGEST,
            "may_handle": self.has_change_permission(request, suggestion),
            "may_delete": self.has_delete_permission(request, suggestion),
        }
        return TemplateResponse(request, "admin/friendship/suggestion/page.html", context)

    # --- writing

    def delete_model(self, request: HttpRequest, obj: Suggestion) -> None:
        """Delete one that is none, such as an insult."""
        suggestions.delete([obj], actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> None:
        """Delete the selected ones, all or none."""
        suggestions.delete(queryset, actor=request.user)


def thanks(suggestion: Suggestion) -> str:
    """What is answered to an accepted suggestion where staff say nothing else, in its sender’s language."""
    with translation.override(suggestion.language):
        return str(_THANKS)


def facts(row: Relationship | Place) -> list[tuple[str, str]]:
    """What the register holds of a record at present, each with its name; what is empty is shown as well."""
    held = _of_tie(row) if isinstance(row, Relationship) else _of_place(row)
    return [(capfirst(str(name)), str(value or "—")) for name, value in held]


def _of_tie(tie: Relationship) -> list[tuple[Any, Any]]:
    sources = tie.evidence.values_list("source__title", flat=True).distinct().order_by("source__title")
    return [
        (_("home side"), place_label(tie.home)),
        (_("partner side"), place_label(tie.partner)),
        (_("type"), tie.get_type_display()),
        (_("type as printed"), tie.type_as_printed),
        (_("date established"), tie.founded),
        (_("status"), tie.get_status_display()),
        (_("date ended"), tie.ended),
        (_("note in Chinese"), tie.note_zh),
        (_("note in English"), tie.note_en),
        (_("sources"), "\n".join(sources)),
        (_("review state"), tie.get_review_state_display()),
    ]


def _of_place(place: Place) -> list[tuple[Any, Any]]:
    where = f"{place.latitude}, {place.longitude}" if place.latitude is not None else ""
    return [
        (_("Chinese name"), place.name_zh),
        (_("English name"), place.name_en),
        (_("other names"), place.aliases),
        (_("country or region"), place.country),
        (_("level"), place.get_level_display()),
        (_("part of"), place.parent),
        (_("official code"), place.official_code),
        (_("Wikidata item"), place.wikidata_id),
        (_("coordinates"), where),
        (_("review state"), place.get_review_state_display()),
    ]
