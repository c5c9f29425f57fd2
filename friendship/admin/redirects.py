"""Merged records: what went into what, and taking a merge back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from friendship import curation
from friendship.admin.keys import refuse_odd_list
from friendship.admin.reasons import reasons_in_words
from friendship.admin.records import said
from friendship.admin.register import in_words
from friendship.curation import merging
from friendship.curation.redirecting import MODELS
from friendship.models import Redirect

_PROPOSAL = "proposal/"
_REFUSALS = (curation.StaleVersion, ValidationError, PermissionDenied, IntegrityError)


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """Every record that was merged into another: merged on the lists, and taken back here."""

    list_display = ("name", "kind", "kept_record", "made_by", "made_at")
    list_filter = ("kind",)
    list_per_page = 50
    list_select_related = ("made_by",)
    search_fields = ("name", "slug")
    actions = None
    empty_value_display = "—"

    def get_urls(self) -> list[URLPattern]:
        """With the address that takes a merge back."""
        undo = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", undo, name="friendship_redirect_undo"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Records are merged on their lists."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Redirect | None = None) -> bool:
        """A merge is taken back as a whole or not at all."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Redirect | None = None) -> bool:
        """An address that others link to goes on leading somewhere."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the merged records under their own name."""
        refuse_odd_list(request, self.model)
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=gettext_lazy("merged into"))
    def kept_record(self, redirect: Redirect) -> str:
        """The number of the record that stays."""
        return f"{redirect.kept}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what was merged into what."""
        redirect = self._redirect(request, unquote(object_id))
        held = MODELS[redirect.kind].objects.filter(pk=redirect.kept).first()
        together = Redirect.objects.filter(reason=redirect.reason).exclude(pk=redirect.pk).order_by("pk")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(redirect),
            "redirect": redirect,
            "held": held,
            "held_address": held and reverse(f"admin:friendship_{redirect.kind}_change", args=[held.pk]),
            "together": together,
            "reason": reasons_in_words([redirect.reason]).get(redirect.reason),
            "is_proposal": redirect.reason.startswith(_PROPOSAL),
            "may_undo": self._may_undo(request, redirect),
        }
        return TemplateResponse(request, "admin/friendship/redirect/page.html", context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a merge back."""
        redirect = self._redirect(request, pk)
        if not self._may_undo(request, redirect):
            raise PermissionDenied
        if redirect.reason.startswith(_PROPOSAL):  # where it is undone with all that belongs to it
            key = redirect.reason.removeprefix(_PROPOSAL)
            return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[key]))
        here = reverse("admin:friendship_redirect_change", args=[redirect.pk])
        if request.method != "POST":
            return HttpResponseRedirect(here)
        try:
            kept = merging.undo_merge(redirect, actor=request.user)
        except _REFUSALS as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return HttpResponseRedirect(here)
        for left in kept:
            self.message_user(request, said(left), messages.WARNING)
        self.message_user(request, _("The merge was undone: there are two records again."), messages.SUCCESS)
        back = MODELS[redirect.kind].objects.filter(pk=redirect.gone).exists()
        address = reverse(f"admin:friendship_{redirect.kind}_history", args=[redirect.gone]) if back else here
        return HttpResponseRedirect(address)

    def _may_undo(self, request: HttpRequest, redirect: Redirect) -> bool:
        """Whether the person may change records of this kind; whether the public sees them is curation’s to ask."""
        model = admin.site._registry[MODELS[redirect.kind]]
        return model.has_change_permission(request)

    def _redirect(self, request: HttpRequest, key: int | str) -> Redirect:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = Redirect.objects.select_related("made_by").filter(pk=int(key)).first()
        except (ValueError, OverflowError):
            raise Http404 from None
        if found is None:
            raise Http404
        return found
