"""How staff edit any row: every save and deletion goes through curation, and a refusal loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from friendship import curation
from friendship.admin import proposing
from friendship.admin.choices import answers_to, choice_of, without_deletion
from friendship.admin.correcting import after_saving, told_beside
from friendship.admin.forms import NO_VERSION, RegisterForm, is_past, lines_of
from friendship.admin.history import ChangesInWords
from friendship.admin.keys import key_of, refuse_nul, refuse_odd_list, refuse_other_than_key
from friendship.curation import rights
from friendship.curation.concurrency import in_sentences
from friendship.enums import ProposalKind, ProposalState
from friendship.models import Place, Proposal, Relationship
from friendship.queries.rights import narrowed, remit_of

#: In the address of the page that asks before a row is deleted: the version that it shows.
_SEEN = "seen"


class RegisterAdmin(SimpleHistoryAdmin):  # type: ignore[misc] # the package has no types
    """A kind of row with its list, its form and its history.

    ``search_fields`` that end in ``search_text`` are searched as the public search does: Chinese anywhere, pinyin and
    other scripts from the start of a word, without accents; other columns anywhere.
    """

    form = RegisterForm
    list_per_page = 50
    empty_value_display = "—"

    #: Whether who has a remit sees rows beyond it, to choose among them, and only may not change them.
    is_seen_beyond_remits: ClassVar[bool] = False

    # --- reading

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the person has to do with."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if self.is_seen_beyond_remits else narrowed(rows, request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that answer to all words of the term."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(answers_to(search_term, self.get_search_fields(request))), False

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> ChangesInWords:
        """Say changes in words."""
        return ChangesInWords(self.model, historical_record)

    def view_on_site(self, obj: Any) -> str | None:
        """The public page in the reader's language, where this kind of row has one."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    # --- who may do what; curation guards every write besides

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What lies beyond the person’s remit is not theirs to change."""
        may = bool(super().has_change_permission(request, obj))
        return may and (obj is None or self._is_within_remit(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor to delete."""
        may = bool(super().has_delete_permission(request, obj))
        return may and (obj is None or self._is_within_remit(request, obj))

    def _is_within_remit(self, request: HttpRequest, row: Any) -> bool:
        if remit_of(request.user) is None:
            return True
        known = request.__dict__.setdefault("within_remit", {})  # a form asks this many times
        key = (self.opts.concrete_model, row.pk)
        if key not in known:
            known[key] = rights.may_change(row, request.user)
        return bool(known[key])

    def _refuse_beyond_remit(self, request: HttpRequest, key: str) -> None:
        """Show the history of a row only to who sees the row; the package reads it past ``get_queryset``."""
        if remit_of(request.user) is None or self.is_seen_beyond_remits:
            return
        if not self.get_queryset(request).filter(pk=key).exists():
            raise PermissionDenied

    # --- the form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, with the reason why it was refused before."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The headings, and unseen among them the version that is shown."""
        fieldsets = super().get_fieldsets(request, obj)
        return _with_version(fieldsets) if obj is not None and self.has_change_permission(request, obj) else fieldsets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Rows that others point to are chosen by their labels."""
        choice = choice_of(db_field, self.admin_site)
        asked = {**choice, **lines_of(db_field), **kwargs}
        return without_deletion(super().formfield_for_dbfield(db_field, request, **asked))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add or change a row."""
        refuse_nul(request, object_id or "")
        return _answer(request, partial(super().changeform_view, request, object_id, *args, **kwargs))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who changed what."""
        refuse_nul(request, object_id)
        refuse_other_than_key(self.model, unquote(object_id))
        self._refuse_beyond_remit(request, unquote(object_id))
        answer: HttpResponse = super().history_view(request, object_id, *args, **kwargs)
        return answer

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show a past version, or return to it."""
        refuse_nul(request, object_id, version_id)
        refuse_other_than_key(self.model, object_id)
        refuse_other_than_key(self.model.history.model, version_id)
        self._refuse_beyond_remit(request, object_id)
        if request.method == "POST" and not self._may_return(request, object_id):
            raise PermissionDenied
        return _answer(request, partial(super().history_form_view, request, object_id, version_id, *args, **kwargs))

    def _may_return(self, request: HttpRequest, key: str) -> bool:
        """Whether the user may write a past version; the package asks only whether they may read it."""
        held = self.model._meta.concrete_model._default_manager.filter(pk=key).first()
        may_write = self.has_change_permission(request, held)
        return bool(may_write and (held is not None or self.has_add_permission(request)))

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask before a row is deleted, and delete it.

        The address of the page that asks carries the version that it shows: its form is Django's own, and sends
        what is confirmed to the same address.
        """
        refuse_nul(request, object_id)
        held = self.get_object(request, unquote(object_id)) if _SEEN not in request.GET else None
        if request.method == "GET" and held is not None:
            return HttpResponseRedirect(_with_seen(request, str(held.version)))
        return self._deleting(request, partial(super().delete_view, request, object_id, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List rows, and act on those selected."""
        refuse_odd_list(request, self.model)
        known = {"may_edit_sheets": self.has_change_permission(request), **(extra_context or {})}
        return self._deleting(request, partial(super().changelist_view, request, known))

    def _deleting(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        if request.method != "POST":
            return view()
        try:
            with transaction.atomic():
                return view()
        except proposing.Deferred as deferred:
            request.proposed = deferred.changes  # type: ignore[attr-defined]
            return self._handed_in(request) or HttpResponseRedirect(_with_seen(request, None))
        except (curation.StaleVersion, IntegrityError, PermissionDenied) as error:
            if _is_djangos_own(error):
                raise
            self.message_user(request, _why_kept(error), messages.ERROR)
            return HttpResponseRedirect(_with_seen(request, None))

    # --- forms of what the public sees

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or, while its author mends a proposal, the row as the proposal would have it."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "GET" and (proposal := proposing.amended(request)):
            proposing.prefill(row, proposal)
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """The form, with what happens to what is typed there."""
        row = kwargs.get("obj") if change else None
        proposes = row is not None and curation.needs_review(row, request.user)
        told = {
            "proposes": proposes,
            "amended": proposing.amended(request),
            "pending": list(_pending(row)) if row is not None else [],
            "may_submit": self._may_submit(request, row),
            **told_beside(request, row),
        }
        if proposes:
            told |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        answer: HttpResponse = super().render_change_form(request, {**context, **told}, add, change, **kwargs)
        return answer

    def _may_submit(self, request: HttpRequest, row: Any) -> bool:
        """Whether the form offers to ask for publication."""
        return False

    # --- writing

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what was changed, unless someone else was faster; of what the public sees, propose it."""
        if not change or form.changed_data or is_past(obj):
            proposing.write(request, obj, form.cleaned_data.get("seen_version"))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save or propose the rows that were edited inside another row's form, each with its own version."""
        seen = {id(entry.instance): entry.cleaned_data.get("seen_version") for entry in formset.forms}
        formset.save(commit=False)
        for row in formset.deleted_objects:
            with _named(row):
                proposing.remove(request, row, seen[id(row)])
        for row in [*(row for row, _fields in formset.changed_objects), *formset.new_objects]:
            with _named(row):
                proposing.write(request, row, seen[id(row)])

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note what was added; what was only proposed is no addition yet."""
        return None if proposing.collected(request) else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note what was changed; what was only proposed is no change yet."""
        return None if proposing.collected(request) else super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Go on after adding, or show what was proposed."""
        return self._handed_in(request) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on after saving: to what was proposed, or back to the suggestion of the public that was followed."""
        kind = ProposalKind.REVERT if is_past(obj) else ProposalKind.EDIT
        answer: HttpResponse = self._handed_in(request, kind) or super().response_change(request, obj)
        suggestion = after_saving(request, obj)
        return HttpResponseRedirect(suggestion) if suggestion else answer

    def _handed_in(self, request: HttpRequest, kind: str = ProposalKind.EDIT) -> HttpResponse | None:
        proposal = proposing.hand_in(request, kind)
        if proposal is None:
            return None
        told = _("Proposed. The public goes on seeing what stood there until another person has looked at it.")
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[proposal.pk]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one row, unless it has changed since the page that asks was shown."""
        seen = key_of(request.GET.get(_SEEN, ""))
        if seen is None:
            raise curation.StaleVersion(NO_VERSION)
        proposing.remove_all(request, [(obj, seen)])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the selected rows, all or none."""
        with transaction.atomic():
            proposing.remove_all(request, [(row, None) for row in queryset])


class RegisterInline(admin.StackedInline):  # type: ignore[type-arg] # generic in its types only
    """Rows that are edited inside the form of the row they belong to."""

    form = RegisterForm
    extra = 0
    show_change_link = True

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """No empty rows; while a proposal is being mended, one for each row that it would add."""
        proposal = proposing.amended(request) if request.method == "GET" else None
        return len(proposing.additions(proposal, self.model)) if proposal else self.extra

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The headings, and unseen among them the version that is shown."""
        fieldsets = super().get_fieldsets(request, obj)
        return _with_version(fieldsets) if obj is not None and self.has_change_permission(request, obj) else fieldsets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Sources are chosen without reading their texts."""
        choice = choice_of(db_field, self.admin_site)
        asked = {**choice, **lines_of(db_field), **kwargs}
        return without_deletion(super().formfield_for_dbfield(db_field, request, **asked))


def _pending(row: Any) -> QuerySet[Proposal]:
    """The proposals about this row that somebody still has to act on."""
    column = "relationship" if isinstance(row, Relationship) else "place"
    about = isinstance(row, Relationship | Place)
    found = Proposal.objects.pending().exclude(state=ProposalState.PREPARED).select_related("author").defer("changes")
    return found.filter(**{column: row.pk}) if about else found.none()


def _with_seen(request: HttpRequest, version: str | None) -> str:
    """The address of the request, saying which version was seen, or none."""
    parameters = request.GET.copy()
    parameters.pop(_SEEN, None)
    if version is not None:
        parameters[_SEEN] = version
    return f"{request.path}?{parameters.urlencode()}" if parameters else request.path


def _with_version(fieldsets: Any) -> list[tuple[Any, dict[str, Any]]]:
    (heading, options), *others = fieldsets
    return [(heading, {**options, "fields": [*options["fields"], "seen_version"]}), *others]


def _answer(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer; where the register refuses to save, show the form again with the reason and the person's entries."""
    proposing.begin(request)
    try:
        return view()
    except (curation.StaleVersion, ValidationError, IntegrityError, PermissionDenied) as error:
        if _is_djangos_own(error):
            raise
        request.refusal = in_words(error)  # type: ignore[attr-defined]
        proposing.begin(request)
        return view()


def _is_djangos_own(error: Exception) -> bool:
    """Whether the page is not for this user; curation says what it refuses."""
    return isinstance(error, PermissionDenied) and not error.args


def _why_kept(error: Exception) -> str:
    """Why nothing was deleted."""
    return in_words(ProtectedError("", set()) if isinstance(error, IntegrityError) else error)


def in_words(error: Exception) -> str:
    """The reason why the register refused, for the person who asked."""
    match error:
        case ValidationError():
            return in_sentences(*error.messages)
        case ProtectedError():
            return _("Other records still need this one. Nothing was deleted.")
        case IntegrityError():
            return _("Someone else saved a record that collides with this one at the same moment. Nothing was saved.")
        case _:
            return str(error)


@contextmanager
def _named(row: Model) -> Iterator[None]:
    """Let a refusal say which of the rows of a form it means."""
    try:
        yield
    except curation.StaleVersion as error:
        said = _("%(field)s: %(rule)s") % {"field": f"{capfirst(row._meta.verbose_name)} “{row}”", "rule": error}
        raise curation.StaleVersion(said) from error
