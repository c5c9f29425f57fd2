"""Selected records as a workbook to edit, and the edited workbook back: its differences, to be looked at first."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from friendship.admin import bulk
from friendship.curation.bulk import Built
from friendship.enums import ProposalKind
from friendship.exporters import worksheet, xlsx
from friendship.exporters.worksheet import PLACES, TIES, Worksheet
from friendship.importers import worksheet as reader
from friendship.importers.records import Unreadable
from friendship.models import Place, Relationship


class SheetForm(forms.Form):
    """The edited workbook."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("The workbook that you exported from the list and changed (XLSX)."),
    )
    proposal_note = bulk.reason()


def of(model_admin: Any) -> Worksheet:
    """How the rows of a list are edited in a spreadsheet."""
    return TIES if model_admin.opts.concrete_model is Relationship else PLACES


@admin.action(description=gettext_lazy("Edit the selected records in a spreadsheet"), permissions=["change"])
def edit_in_spreadsheet(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
    """Give the selected rows as a workbook made for editing."""
    if bulk.too_many(model_admin, request, rows):
        return None
    kind = of(model_admin)
    try:
        file = worksheet.written(kind, rows)
    except xlsx.TooLong as refused:
        model_admin.message_user(request, str(refused), messages.ERROR)
        return None
    name = f"{kind.model._meta.model_name}-{timezone.localdate().isoformat()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=xlsx.CONTENT_TYPE)


def address(model_admin: Any) -> URLPattern:
    """Where an edited workbook is sent."""
    view = model_admin.admin_site.admin_view(partial(_upload, model_admin))
    found: URLPattern = path("sheet/", view, name=f"friendship_{model_admin.opts.model_name}_sheet")
    return found


def _upload(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask for the file; show what it changes."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    sent = request.method == "POST"
    form = SheetForm(request.POST if sent else None, request.FILES if sent else None)
    built = _compared(model_admin, request, form) if form.is_valid() else None
    if built is not None and built.changes:
        return bulk.prepared(request, built, ProposalKind.SHEET)
    return _page(model_admin, request, form, built)


def _compared(model_admin: Any, request: HttpRequest, form: SheetForm) -> Built | None:
    """What the file changes; where it cannot be read, the form says why."""
    kind, file = of(model_admin), form.cleaned_data["file"]
    holder = model_admin.admin_site.get_model_admin(Place) if kind is PLACES else model_admin
    try:
        lines = reader.read(file.read(reader.MAX_BYTES + 1), kind)  # what is larger is refused, and not read on
    except Unreadable as error:
        form.add_error("file", str(error))
        return None
    return reader.compare(lines, kind, holder.get_queryset(request), may_change=bulk.may_change(model_admin, request))


def _page(model_admin: Any, request: HttpRequest, form: SheetForm, built: Built | None) -> TemplateResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Upload an edited table"),
        "fieldset": bulk.fieldset_of(model_admin, form),
        "form": form,
        "media": model_admin.media,
        **bulk.nothing_changes(built),
    }
    return TemplateResponse(request, "admin/friendship/bulk/upload.html", context)
