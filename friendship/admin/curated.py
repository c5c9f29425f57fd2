"""What the admin of every curated table has in common: writes through curation, refusals in words, history and search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from friendship import curation, names
from friendship.admin.forms import CuratedForm, CuratedFormSet
from friendship.admin.history import ChangeInWords
from friendship.models.curation import Curated

View = Callable[..., HttpResponse]


class Refused(Exception):
    """A write was refused and nothing was saved; the message is for the person at the desk."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what curation and the database refuse into ``Refused``."""
    try:
        yield
    except (curation.StaleVersion, PermissionDenied) as reason:
        raise Refused(str(reason)) from reason
    except ValidationError as reason:
        raise Refused(" ".join(reason.messages)) from reason
    except ProtectedError as reason:
        raise Refused(_("Other records still need this one. Nothing was deleted.")) from reason
    except IntegrityError as reason:
        raise Refused(
            _("Someone else saved a record that collides with this one at the same moment. Nothing was saved.")
        ) from reason


def with_version(fieldsets: Any) -> Any:
    """The fieldsets with the hidden version in the first of them."""
    (heading, options), *others = fieldsets
    return [(heading, {**options, "fields": [*options["fields"], "version"]}), *others]


class CuratedAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    """A table of the register. ``search_fields`` that end in search_text are searched as the public pages are."""

    form = CuratedForm
    exclude = ["version"]  # the form's own hidden field takes its place
    list_per_page = 50
    object_history_list_template = "admin/history_list.html"

    # --- forms ------------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Curated | None = None) -> Any:
        """Hide the version in the form of an existing row."""
        fieldsets = super().get_fieldsets(request, obj)
        editing = obj is not None and self.has_change_permission(request, obj)
        return with_version(fieldsets) if editing else fieldsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm[Any]]:
        """The form, with the reason why the same request was refused a moment ago."""
        form: type[ModelForm[Any]] = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", "")  # type: ignore[attr-defined]
        return form

    def view_on_site(self, row: Any) -> str:
        """The public page."""
        address: str = row.get_absolute_url()
        return address

    # --- writes -----------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what was changed; a row of which nothing was changed is only checked for being the newest."""
        with refusals():
            if not change or form.has_changed() or hasattr(obj, "_history"):
                curation.save(obj, actor=request.user)
            else:
                curation.lock(obj, obj.version)
        obj.__class__ = self.model  # curation knows places only, the messages and links that follow speak of cities

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save and delete the rows below a record."""
        rows = formset.save(commit=False)
        with refusals():
            for row in formset.deleted_objects:
                curation.delete(row, actor=request.user)
            for row in rows:
                curation.save(row, actor=request.user)

    def delete_model(self, request: HttpRequest, obj: Curated) -> None:
        """Delete one row."""
        with refusals():
            curation.delete(obj, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the rows that were ticked, all or none."""
        for row in queryset:
            self.delete_model(request, row)

    # --- refusals ---------------------------------------------------------------------------------------------------

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change a row."""
        return self._or_the_form_again(super().changeform_view, request, *args, **kwargs)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an earlier state of a row, or go back to it."""
        return self._or_the_form_again(super().history_form_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the rows, or run an action on some."""
        return self._or_a_message(super().changelist_view, request, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask, then delete."""
        return self._or_a_message(super().delete_view, request, object_id, extra_context)

    def _or_the_form_again(self, view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where the write is refused, run the view once more with the reason: it then shows the person's own entries."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refused as reason:
            request.refusal = str(reason)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    def _or_a_message(self, view: View, request: HttpRequest, *args: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args)
        try:
            with transaction.atomic():
                return view(request, *args)
        except Refused as reason:
            self.message_user(request, str(reason), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    # --- search and history -----------------------------------------------------------------------------------------

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search names as the public pages do: Chinese, pinyin, initials, English without accents, other names."""
        columns = [column for column in self.get_search_fields(request) if column.endswith("search_text")]
        if not columns:
            found: tuple[Any, bool] = super().get_search_results(request, queryset, search_term)
            return found
        return queryset.filter(naming(search_term, columns)), False

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> ChangeInWords:
        """Tell changes in the words of the forms."""
        return ChangeInWords(self.model, historical_record)


def naming(search: str, columns: list[str]) -> Q:
    """Every word of the search stands in one of the columns; punctuation alone finds nothing."""
    terms = names.search_terms(search)
    found = Q() if terms or not search.strip() else Q(pk__in=[])
    for term in terms:
        found &= Q.create([(f"{column}__contains", term) for column in columns], connector=Q.OR)
    return found


class CuratedInline(admin.StackedInline):  # type: ignore[type-arg]
    """Rows below a record; folded up where there are none yet."""

    form = CuratedForm
    formset = CuratedFormSet
    exclude = ["version"]
    extra = 0

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Hide the version in every row."""
        return with_version(super().get_fieldsets(request, obj))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The rows, open where there are some."""
        empty = obj is None or not self.get_queryset(request).filter(relationship=obj).exists()
        self.classes = ["collapse"] if empty else []
        return super().get_formset(request, obj, **kwargs)
