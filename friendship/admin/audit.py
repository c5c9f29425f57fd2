"""The audit: what each rule finds, with links to where it is mended; what may stand is accepted with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.forms import CharField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from friendship import auditing
from friendship.admin.keys import key_of
from friendship.admin.links import Links, links
from friendship.admin.register import in_words
from friendship.curation import auditing as decisions
from friendship.models import AcceptedFinding

ROWS_PER_PAGE = 50
_ACCEPTED_SHOWN = 200
_LONGEST_REASON = 2_000
_TWINS = "near-duplicates"


@admin.register(AcceptedFinding)
class AuditAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """The rules, and for each what is open and what was accepted. Nothing is entered here by hand."""

    def get_urls(self) -> list[URLPattern]:
        """The list of rules, a page for each rule, and what is done there."""

        def at(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"friendship_acceptedfinding_{name}")

        return [
            at("", self.changelist_view, "changelist"),
            at("<slug:code>/", self.rule_view, "rule"),
            at("<slug:code>/accept/", self.accept_view, "accept"),
            at("<slug:code>/take-back/", self.take_back_view, "take_back"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Findings are accepted on the page of their rule, not added."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The rules with their numbers."""
        self._refuse_strangers(request)
        return self._page(request, "rules", title=_("Audit"), tallies=auditing.tallies(person=request.user))

    def rule_view(self, request: HttpRequest, code: str) -> TemplateResponse:
        """What one rule finds: a page of it, and what was accepted."""
        self._refuse_strangers(request)
        rule = _rule(code)
        number = _number(request.GET.get("page", ""))
        found = auditing.standing(rule, (number - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE, request.user)
        pages = Paginator(range(found.tally.open), ROWS_PER_PAGE)
        if number > pages.num_pages:
            raise Http404
        accepted = auditing.accepted(rule, found.holding, _ACCEPTED_SHOWN, request.user)
        subjects = [each.row.subject for each in accepted]
        known = links([*(key for row in found.rows for key in row.mended_at), *_records(subjects)], request.user)
        return self._page(
            request,
            "rule",
            title=rule.title,
            rule=rule,
            tally=found.tally,
            page=pages.page(number),
            rows=[_row(row, found, known) | {"merge": _merge(rule, row, request)} for row in found.rows],
            accepted=[{"row": each.row, "holds": each.holds, "links": known.of(each.row.subject)} for each in accepted],
            may_accept=decisions.may_accept(request.user),
            longest=_LONGEST_REASON,
        )

    # --- deciding

    def accept_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Let a finding stand, if it is still what the person has seen."""
        rule = self._decidable(request, code)
        subject, seen = request.POST.get("subject", ""), request.POST.get("fingerprint", "")
        found = next((row for row in auditing.findings(rule, request.user) if row.subject == subject), None)
        if found is None or found.fingerprint != seen:
            self.message_user(request, _("This has changed since you opened the page. Look again."), messages.WARNING)
            return self._to(rule, request)
        try:
            decisions.accept(rule, found, _reason(request), actor=request.user)
            self.message_user(request, _("Accepted, with your reason."), messages.SUCCESS)
        except (PermissionDenied, ValidationError, IntegrityError) as error:
            self.message_user(request, in_words(error), messages.ERROR)
        return self._to(rule, request)

    def take_back_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Let an accepted finding be open again."""
        rule = self._decidable(request, code)
        key = key_of(request.POST.get("accepted", ""))
        row = None if key is None else AcceptedFinding.objects.filter(rule=rule.code, pk=key).first()
        if row is not None:
            try:
                decisions.take_back(row, actor=request.user)
                self.message_user(request, _("The finding is open again."), messages.SUCCESS)
            except PermissionDenied as error:
                self.message_user(request, in_words(error), messages.ERROR)
        return self._to(rule, request)

    def _decidable(self, request: HttpRequest, code: str) -> auditing.Rule:
        self._refuse_strangers(request)
        if request.method != "POST":
            raise Http404
        if not decisions.may_accept(request.user):
            raise PermissionDenied
        return _rule(code)

    # --- answers

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/friendship/acceptedfinding/{name}.html", shared | context)

    def _to(self, rule: auditing.Rule, request: HttpRequest) -> HttpResponseRedirect:
        """Back to the page of the rule; the last page may be gone with its last finding."""
        return HttpResponseRedirect(reverse("admin:friendship_acceptedfinding_rule", args=[rule.code]))


def _rule(code: str) -> auditing.Rule:
    if (rule := auditing.rule(code)) is None:
        raise Http404
    return rule


def _reason(request: HttpRequest) -> str:
    """What was written into the box. Raises ``ValidationError`` for NUL, which PostgreSQL cannot hold, and for more."""
    written = request.POST.get("reason", "").replace("\r\n", "\n")
    try:
        return str(CharField(max_length=_LONGEST_REASON, required=False).clean(written))
    except ValidationError as error:
        named = capfirst(str(AcceptedFinding._meta.get_field("reason").verbose_name))
        raise ValidationError(
            [_("%(field)s: %(rule)s") % {"field": named, "rule": rule} for rule in error.messages]
        ) from None


def _number(written: str) -> int:
    """The number of a page; the first where none is asked for. Raises ``Http404``."""
    if not written:
        return 1
    if not (number := key_of(written)):
        raise Http404
    return number


def _records(subjects: list[str]) -> list[str]:
    return [record for subject in subjects for record in subject.split("+")]


def _row(row: auditing.Finding, found: auditing.Standing, known: Links) -> dict[str, Any]:
    return {"finding": row, "links": known.named(row.mended_at), "former": found.former.get(row.subject)}


def _merge(rule: auditing.Rule, row: auditing.Finding, request: HttpRequest) -> str:
    """Where two places that may be one are compared and merged, for who may do so."""
    if rule.code != _TWINS or not request.user.has_perm("friendship.change_place"):
        return ""
    keys = [record.removeprefix("place/") for record in row.subject.split("+")]
    return reverse("admin:friendship_place_merge") + "?" + urlencode({"rows": keys}, doseq=True)
