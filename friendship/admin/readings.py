"""“From text”: paste or upload a text, look at what it says of ties and totals, and accept or refuse it one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from friendship import curation
from friendship.admin import reading_pages
from friendship.admin.figures_forms import FiguresForm
from friendship.admin.keys import key_of, refuse_odd_list
from friendship.admin.pair_forms import PairForm
from friendship.admin.reading_forms import TextForm
from friendship.admin.reading_pages import Card, Desk
from friendship.admin.records import said
from friendship.admin.register import in_words
from friendship.curation import proposals
from friendship.curation import readings as curating
from friendship.curation.changes import values_of
from friendship.enums import ReadingChoice
from friendship.importers import taking
from friendship.models import Reading, ReadingDecision, Source
from friendship.models.readings import fingerprint_of
from friendship.queries import readings as queries
from friendship.queries import worklists
from friendship.queries.rights import narrowed, remit_of

_REFUSALS = (curation.StaleVersion, ValidationError, PermissionDenied, IntegrityError)


class WaitingFilter(admin.SimpleListFilter):
    """Texts of which candidates wait."""

    title = _("to be decided")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice besides all."""
        return [("yes", _("candidates wait"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those texts."""
        return worklists.texts_waiting(queryset) if self.value() == "yes" else queryset


@admin.register(Reading)
class ReadingAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """Every text that was brought, and what became of its candidates."""

    list_display = ("title", "waiting", "decided", "started_by", "started_at")
    list_filter = (WaitingFilter,)
    list_per_page = 50
    list_select_related = ("started_by",)
    search_fields = ("title",)
    actions = None
    empty_value_display = "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reading]:
        """Texts; who has a remit sees their own."""
        chosen = {choice.value: Count("decisions", filter=Q(decisions__choice=choice)) for choice in ReadingChoice}
        return narrowed(super().get_queryset(request).annotate(**chosen), request.user)

    def get_urls(self) -> list[URLPattern]:
        """The steps of a text, each with its own address."""

        def step(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"friendship_reading_{name}")

        return [
            step("<int:pk>/decide/", self.decide_view, "decide"),
            step("<int:pk>/undo/", self.undo_view, "undo"),
            step("<int:pk>/submit/", self.submit_view, "submit"),
            *super().get_urls(),
        ]

    @admin.display(description=pgettext_lazy("reading", "decided"))
    def decided(self, reading: Any) -> str:
        """How many candidates were accepted and refused."""
        told = (f"{choice.label} {getattr(reading, choice.value)}" for choice in ReadingChoice)
        return " · ".join(told)

    # --- who may do what

    def has_delete_permission(self, request: HttpRequest, obj: Reading | None = None) -> bool:
        """Whoever works on texts may throw one away of which nothing was accepted."""
        if obj is None:
            return super().has_delete_permission(request)
        if obj.decisions.filter(choice=ReadingChoice.ACCEPTED).exists():
            return False
        return super().has_delete_permission(request, obj) or self.has_add_permission(request)

    def _refuse_strangers(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied

    def _reading(self, request: HttpRequest, key: int | str) -> Reading:
        number = key_of(str(key))
        if number is None:
            raise Http404
        return get_object_or_404(self.get_queryset(request).select_related("source", "started_by"), pk=number)

    # --- the text

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a text and its publication, and keep both."""
        self._refuse_strangers(self.has_add_permission(request))
        sent = request.method == "POST"
        remit = remit_of(request.user)
        form = TextForm(
            request.POST if sent else None,
            request.FILES if sent else None,
            site=self.admin_site,
            home=remit.place.name_zh if remit else "",
            source=request.GET.get("source", ""),
        )
        if sent and form.is_valid() and (reading := self._received(request, form)):
            return self._to(reading)
        return self._page(request, "add", title=_("From text"), form=form, media=form.media)

    def _received(self, request: HttpRequest, form: TextForm) -> Reading | None:
        """The text as it is kept; one that somebody has brought already is not kept twice."""
        text, source = form.cleaned_data["text"], form.cleaned_data["source"]
        if (known := queries.same_text(fingerprint_of(text), request.user)) is not None:
            told = _("%(who)s has brought this text already: here is how it stands.")
            self.message_user(request, told % {"who": known.started_by or _("Someone")}, messages.WARNING)
            return known
        about = form.publication.columns(text) if source is None else _about(source)
        try:
            return reading_pages.begun(text, about, source, form.cleaned_data, request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the texts under their own name, not as something to select."""
        refuse_odd_list(request, self.model)
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the text with its candidates."""
        self._refuse_strangers(self.has_view_permission(request))
        reading = self._reading(request, unquote(object_id))
        return self._shown(request, reading, Desk(reading, request.user, request.GET))

    def _shown(self, request: HttpRequest, reading: Reading, desk: Desk) -> HttpResponse:
        submits = [] if curation.may_publish_own(request.user) else list(queries.to_submit(reading))
        return self._page(
            request,
            "page",
            reading,
            desk=desk,
            shows=[(name, label, desk.counts[name]) for name, label in reading_pages.SHOWS.items()],
            countries=reading_pages.countries(),
            to_submit={tie.pk for tie in submits},
            complete=sum(_is_complete(card) for card in desk.shown),
            may_decide=self.has_change_permission(request),
        )

    # --- decisions

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what was typed, and accept or refuse the candidate whose button was pressed."""
        self._refuse_strangers(self.has_change_permission(request))
        reading = self._reading(request, pk)
        if request.method != "POST":
            return self._to(reading)
        sent = [anchor for anchor in request.POST.getlist("card") if len(anchor) < 40]
        desk = Desk(reading, request.user, request.GET, data=request.POST, bound=sent)
        cards = {card.anchor: card for card in desk.cards if card.form is not None and card.anchor in sent}
        typed = [card for card in cards.values() if not card.form.is_as_shown]
        curating.keep_typed(reading, {card.key: card.form.corrections() for card in typed})
        if "accept_all" in request.POST:
            return self._accepted_all(request, reading, list(cards))
        pressed = request.POST.get("accept") or request.POST.get("refuse") or ""
        card = cards.get(pressed)
        if card is None:
            if pressed:
                told = _("Somebody has decided about this candidate meanwhile.")
                self.message_user(request, told, messages.WARNING)
            else:
                self.message_user(request, _("What you typed is kept. Nothing was accepted yet."), messages.SUCCESS)
            return self._to(reading, request.GET)
        after = desk.after(pressed)
        if "refuse" in request.POST:
            return self._refused(request, reading, card, after)
        if refusals := self._accept(request, reading, desk, card):
            return self._asked_again(request, reading, pressed, refusals)
        return self._to(reading, request.GET, after)

    def _refused(self, request: HttpRequest, reading: Reading, card: Card, after: str) -> HttpResponse:
        try:
            curating.refuse(reading, card.key, card.label, actor=request.user)
        except curating.Decided as error:
            self.message_user(request, str(error), messages.WARNING)
        return self._to(reading, request.GET, after)

    def _accept(self, request: HttpRequest, reading: Reading, desk: Desk, card: Card) -> list[str]:
        """Accept a candidate as its form has it; gives why not."""
        form = card.form
        taken = _taken(form, desk) if form.is_valid() else None
        if taken is None:
            return [""]
        is_new = taken.tie is not None and taken.tie._state.adding
        try:
            decision = curating.accept(reading, card.key, card.label, taken, actor=request.user)
        except curating.Decided as error:
            self.message_user(request, str(error), messages.WARNING)
            return []
        except _REFUSALS as error:
            return [in_words(error)]
        self.message_user(request, _told(decision, taken, is_new=is_new), messages.SUCCESS)
        return []

    def _asked_again(self, request: HttpRequest, reading: Reading, pressed: str, refusals: list[str]) -> HttpResponse:
        """The page as before, with what is wrong beside the candidate; what was typed stands there still."""
        reading.refresh_from_db()
        desk = Desk(reading, request.user, request.GET, data=request.POST, bound=[pressed])
        card = desk.card(pressed)
        if card is None or card.form is None:
            return self._to(reading, request.GET)
        if card.form.is_valid():
            _taken(card.form, desk)
        for told in filter(None, refusals):
            card.form.add_error(None, told)
        answer = self._shown(request, reading, desk)
        answer.context_data["wrong"] = card  # type: ignore[attr-defined]
        return answer

    def _accepted_all(self, request: HttpRequest, reading: Reading, anchors: list[str]) -> HttpResponse:
        """Accept those of the page that are new and complete, one after the other: one may bring the other's place."""
        accepted = 0
        for anchor in anchors:
            reading.refresh_from_db()
            desk = Desk(reading, request.user, request.GET)
            card = desk.card(anchor)
            if card is None or not _is_complete(card):
                continue
            desk = Desk(reading, request.user, request.GET, data=card.form.as_sent(), bound=[anchor])
            if not self._accept_quietly(request, reading, desk, anchor):
                continue
            accepted += 1
        told = ngettext("%(count)d candidate accepted.", "%(count)d candidates accepted.", accepted)
        self.message_user(request, told % {"count": accepted}, messages.SUCCESS if accepted else messages.WARNING)
        return self._to(reading, request.GET)

    def _accept_quietly(self, request: HttpRequest, reading: Reading, desk: Desk, anchor: str) -> bool:
        card = desk.card(anchor)
        taken = _taken(card.form, desk) if card is not None and card.form.is_valid() else None
        if card is None or taken is None:
            return False
        try:
            curating.accept(reading, card.key, card.label, taken, actor=request.user)
        except (*_REFUSALS, curating.Decided) as error:
            told = _("%(field)s: %(rule)s") % {"field": card.label, "rule": in_words(error)}
            self.message_user(request, told, messages.ERROR)
            return False
        return True

    # --- afterwards

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a decision back: the candidate waits again."""
        self._refuse_strangers(self.has_change_permission(request))
        reading = self._reading(request, pk)
        number = key_of(request.POST.get("decision", ""))
        decision = reading.decisions.filter(pk=number).first() if number is not None else None
        if decision is None:
            return self._to(reading, request.GET)
        try:
            kept = curating.take_back(decision, actor=request.user)
        except (*_REFUSALS, proposals.NotPending) as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return self._to(reading, request.GET)
        for left in kept:
            self.message_user(request, said(left), messages.WARNING)
        self.message_user(request, _("Taken back: the candidate waits again."), messages.SUCCESS)
        return self._to(reading)

    def submit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask that accepted drafts be published: one, or all."""
        self._refuse_strangers(self.has_change_permission(request))
        reading = self._reading(request, pk)
        wanted = key_of(request.POST.get("tie", ""))
        drafts = queries.to_submit(reading).filter(**({"pk": wanted} if wanted is not None else {}))
        submitted = 0
        for tie in drafts if request.method == "POST" else ():
            try:
                curating.submit(tie, actor=request.user, reading=reading)
            except _REFUSALS as error:
                self.message_user(request, in_words(error), messages.ERROR)
            else:
                submitted += 1
        if submitted:
            told = ngettext(
                "Submitted: a reviewer sees %(count)d draft now.",
                "Submitted: a reviewer sees %(count)d drafts now.",
                submitted,
            )
            self.message_user(request, told % {"count": submitted}, messages.SUCCESS)
        return self._to(reading, request.GET)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask before a text is thrown away, and throw it away."""
        reading = self._reading(request, unquote(object_id))
        self._refuse_strangers(self.has_delete_permission(request, reading))
        if request.method != "POST":
            return self._page(request, "discard", reading, title=_("Throw this text away?"))
        try:
            curating.discard(reading)
        except PermissionDenied as error:
            self.message_user(request, str(error), messages.ERROR)
            return self._to(reading)
        self.message_user(request, _("The text was thrown away."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:friendship_reading_changelist"))

    # --- answers

    def _page(
        self, request: HttpRequest, name: str, reading: Reading | None = None, **context: Any
    ) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "reading": reading,
            "title": str(reading or ""),
            "may_discard": reading is not None and self.has_delete_permission(request, reading),
        }
        return TemplateResponse(request, f"admin/friendship/reading/{name}.html", shared | context)

    def _to(self, reading: Reading, asked: Mapping[str, str] | None = None, anchor: str = "") -> HttpResponseRedirect:
        kept = {name: value for name in ("show", "p") if (value := (asked or {}).get(name))}
        address = reverse("admin:friendship_reading_change", args=[reading.pk])
        query = "&".join(f"{name}={value}" for name, value in kept.items() if value.isalnum())
        return HttpResponseRedirect(f"{address}{'?' if query else ''}{query}{'#' if anchor else ''}{anchor}")


def _about(source: Source) -> dict[str, Any]:
    """The columns of a held source that describe it."""
    return {name: value for name, value in values_of(source).items() if name not in ("text", "slug")}


def _is_complete(card: Card) -> bool:
    return isinstance(card.form, PairForm) and card.form.is_new_and_complete


def _taken(form: PairForm | FiguresForm, desk: Desk) -> curating.Taken | None:
    """What is taken over from a valid form; None where it says what is wrong with a new place."""
    if isinstance(form, FiguresForm):
        return taking.totals(form.rows(), form.cleaned_data["where"])
    if form.held is not None:
        told = reading_pages.events_told(form.held)
        return taking.more_for(form.held, form.taking(), form.said, told)
    new = form.new_sides(desk.offers)
    if form.errors:
        return None
    home, partner = form.home_side.place or new["home"], form.partner_side.place or new["partner"]
    return taking.new_tie(form.taking(), home, partner)


def _told(decision: ReadingDecision, taken: curating.Taken, *, is_new: bool) -> str:
    """What became of an accepted candidate."""
    if decision.proposal is not None:
        return str(_("“%(label)s”: proposed. A reviewer sees it now.") % {"label": decision.label})
    if taken.tie is not None and not (taken.evidence or taken.events or taken.is_altered):
        return str(_("“%(label)s”: the register holds all of this already.") % {"label": decision.label})
    if is_new:
        return str(_("“%(label)s” is a draft now.") % {"label": decision.label})
    return str(_("“%(label)s” is noted.") % {"label": decision.label})
