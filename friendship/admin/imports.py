"""Lists on their way into the register: upload, say what the columns mean, look, decide, load, and undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from friendship import curation
from friendship.admin import import_pages
from friendship.admin.import_forms import CHOICES, ColumnsForm, UploadForm, answers_in, choices_in
from friendship.admin.import_samples import CONTENT_TYPE, sample
from friendship.admin.keys import refuse_odd_list
from friendship.admin.register import in_words
from friendship.enums import ImportState, Outcome
from friendship.exporters import csv
from friendship.importers import holding, mapped, reading, reports, runs, tables
from friendship.importers.records import Unreadable
from friendship.models import ImportRun
from friendship.queries import imports as queries
from friendship.queries.rights import narrowed

AT_WORK = (ImportState.CHECKING, ImportState.LOADING, ImportState.UNDOING)
_SECONDS = 2  # between two looks at the progress


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """Every import. One address shows it as it stands: at work, to be decided, loaded, undone."""

    list_display = ("file_name", "format", "state", "outcomes", "started_by", "started_at")
    list_filter = ("state", "format")
    list_per_page = 50
    list_select_related = ("started_by",)
    search_fields = ("file_name",)
    actions = None
    empty_value_display = "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        """Imports without their files; who has a remit sees their own."""
        return narrowed(super().get_queryset(request).defer("content"), request.user)

    def get_urls(self) -> list[URLPattern]:
        """The steps of an import, each with its own address."""

        def step(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"friendship_importrun_{name}")

        return [
            step("sample.xlsx", self.sample_view, "sample"),
            step("<int:pk>/columns/", self.columns_view, "columns"),
            step("<int:pk>/answers/", self.answers_view, "answers"),
            step("<int:pk>/decisions/", self.decisions_view, "decisions"),
            step("<int:pk>/check/", self.check_view, "check"),
            step("<int:pk>/load/", self.load_view, "load"),
            step("<int:pk>/undo/", self.undo_view, "undo"),
            step("<int:pk>/rows.csv", self.rows_view, "rows"),
            step("<int:pk>/report.json", self.report_view, "report"),
            *super().get_urls(),
        ]

    @admin.display(description=_("outcomes"))
    def outcomes(self, run: ImportRun) -> str:
        """How many rows were created, updated and so on."""
        return import_pages.in_short(run.counts) or "—"

    # --- who may do what

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        """Whoever imports may discard what was never loaded; what is loaded must be undone first."""
        if obj is None:
            return super().has_delete_permission(request)
        if obj.state in AT_WORK or (obj.loaded_at and not obj.undone_at):
            return False
        return super().has_delete_permission(request, obj) or (not obj.loaded_at and self.has_add_permission(request))

    def _refuse_strangers(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied

    def _run(self, request: HttpRequest, key: int | str) -> ImportRun:
        try:
            return get_object_or_404(self.get_queryset(request), pk=int(key))
        except ValueError:
            raise Http404 from None

    # --- the file

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a file, and keep it."""
        self._refuse_strangers(self.has_add_permission(request))
        sent = request.method == "POST"
        form = UploadForm(
            request.POST if sent else None, request.FILES if sent else None, user=request.user, site=self.admin_site
        )
        if sent and form.is_valid() and (run := self._received(request, form)):
            return self._started(request, run, "check") if run.format else self._to(run, "columns")
        return self._page(
            request,
            "upload",
            title=_("Import a list"),
            form=form,
            parts=[(part, self._laid_out(part, fieldsets)) for part, fieldsets in _parts(form)],
            media=form.media,
        )

    def _laid_out(self, form: Any, fieldsets: Any) -> helpers.AdminForm:
        return helpers.AdminForm(form, fieldsets, {}, (), model_admin=self)

    def _received(self, request: HttpRequest, form: UploadForm) -> ImportRun | None:
        """The import of a file that can be read; else the form says why not."""
        try:
            with transaction.atomic():
                return self._receive(request, form)
        except Unreadable as error:
            form.add_error("file", str(error))
        except PermissionDenied as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.wrong_source(error)
        return None

    def _receive(self, request: HttpRequest, form: UploadForm) -> ImportRun:
        file = form.cleaned_data["file"]
        if file.size > tables.MAX_BYTES:  # before it is read into memory
            raise Unreadable(_("The file is too large: at most %(most)d MB.") % {"most": tables.MAX_BYTES // 10**6})
        source = form.cleaned_data["source"]
        if form.new_source.is_described:
            source = curation.save(form.new_source.save(commit=False), actor=request.user)
        known: dict[str, Any] = {"by": _who(request), "source": source, "default_type": form.cleaned_data["type"]}
        known["publish"] = form.cleaned_data.get("publish", False)
        content = file.read()
        try:
            return runs.receive(content, file.name, **known)
        except reading.UnknownColumns:
            return holding.hold(content, file.name, **known)

    def sample_view(self, request: HttpRequest) -> HttpResponse:
        """A table to fill in."""
        self._refuse_strangers(self.has_view_permission(request))
        disposition = {"Content-Disposition": 'attachment; filename="sister-cities.xlsx"'}
        return HttpResponse(sample(), content_type=CONTENT_TYPE, headers=disposition)

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what the columns of a table mean that no format knows."""
        self._refuse_strangers(self.has_add_permission(request))
        run = self._run(request, pk)
        if run.state not in (ImportState.UPLOADED, ImportState.CHECKED):
            return self._to(run)
        try:
            reading.read(bytes(run.content), run.file_name)
        except reading.UnknownColumns as unknown:
            return self._columns(request, run, unknown)
        return self._to(run)

    def _columns(self, request: HttpRequest, run: ImportRun, unknown: reading.UnknownColumns) -> HttpResponse:
        data = request.POST if request.method == "POST" else None
        form = ColumnsForm(data, headers=unknown.headers, meanings=mapped.FIELDS, chosen=run.mapping)
        if form.is_valid():
            runs.remember(unknown.headers, form.columns(), by=_who(request))
            holding.settle(run, form.columns())
            return self._started(request, run, "check")
        rows = [[*row, *[""] * len(unknown.headers)][: len(unknown.headers)] for row in unknown.sample_rows]
        return self._page(request, "columns", run, title=_("What do the columns mean?"), form=form, sample_rows=rows)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the imports under their own name, not as something to select."""
        refuse_odd_list(request, self.model)
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # --- one address for an import, whatever its state

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how the import stands."""
        self._refuse_strangers(self.has_view_permission(request))
        run = self._run(request, unquote(object_id))
        if run.state == ImportState.UPLOADED and not run.format:
            return self._to(run, "columns")
        if run.state in AT_WORK:
            return self._progress(request, run)
        if run.state == ImportState.CHECKED:
            context = import_pages.preview(run, request.GET, request.user)
            return self._page(request, "preview", run, **context)
        if run.state in (ImportState.LOADED, ImportState.UNDONE):
            context = import_pages.result(run) | import_pages.listed(run, request.GET)
            return self._page(request, "result", run, **context)
        return self._page(request, "stopped", run)

    def _progress(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        context = import_pages.progress(run)
        page = self._page(request, "progress", run, **context)
        if not context["lost"]:
            page["Refresh"] = str(_SECONDS)
        return page

    # --- decisions

    def answers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep which places are meant, and compare again."""
        run = self._decidable(request, pk)
        if run is None:
            return self._back(pk)
        questions, _number = queries.import_questions(run, import_pages.QUESTIONS_PER_PAGE)
        answers = answers_in(request.POST, questions)
        for key, meant in answers.items():
            runs.answer(run, key, meant)
        if answers:
            return self._started(request, run, "check")
        self.message_user(request, _("No question was answered."), messages.WARNING)
        return self._back(pk)

    def decisions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what was decided about single rows, or about all rows of one outcome."""
        run = self._decidable(request, pk)
        if run is None:
            return self._back(pk)
        outcome, choice = request.POST.get("outcome", ""), request.POST.get("all", "")
        if choice in dict(CHOICES.get(outcome, [])):
            runs.decide_all(run, outcome, choice)
            self.message_user(request, _("Decided for all of these rows."), messages.SUCCESS)
        else:
            decided = choices_in(request.POST, import_pages.rows_shown(run, request.POST).object_list)
            for number, said in decided.items():
                runs.decide(run, number, said)
            told = ngettext("%(count)d decision was kept.", "%(count)d decisions were kept.", len(decided))
            self.message_user(request, told % {"count": len(decided)}, messages.SUCCESS)
        return self._back(pk, f"?outcome={outcome}" if outcome in Outcome.values else "")

    def _decidable(self, request: HttpRequest, pk: int) -> ImportRun | None:
        """The import, where it waits for decisions and some were sent."""
        self._refuse_strangers(self.has_add_permission(request))
        run = self._run(request, pk)
        if request.method != "POST":
            return None
        if run.state != ImportState.CHECKED:
            self.message_user(request, _("This import does not wait for decisions any more."), messages.WARNING)
            return None
        return run

    # --- the work

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Compare with the register once more, or for the first time after a failure."""
        self._refuse_strangers(self.has_add_permission(request))
        run = self._run(request, pk)
        if request.method != "POST":
            return self._to(run)
        if run.state == ImportState.FAILED or runs.is_lost(run):
            runs.reset(run)
            run.refresh_from_db()
        return self._to(run) if run.state == ImportState.LOADED else self._started(request, run, "check")

    def load_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Load what the preview shows."""
        self._refuse_strangers(self.has_add_permission(request))
        run = self._run(request, pk)
        if request.method != "POST":
            return self._to(run)
        if refusal := import_pages.why_not(run, request.user):
            self.message_user(request, refusal, messages.ERROR)
            return self._to(run)
        if run.state == ImportState.CHECKED and request.POST.get("seen") != run.seen_at.isoformat():
            told = _("Something was decided or compared anew since you opened this page. Look at it again, then load.")
            self.message_user(request, told, messages.WARNING)
            return self._to(run)
        return self._started(request, run, "load")

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before an import is undone, and undo it."""
        self._refuse_strangers(self.has_change_permission(request))
        run = self._run(request, pk)
        if run.state != ImportState.LOADED:
            return self._to(run)
        if queries.is_public(run) and not curation.may_publish(request.user):
            told = _("The public sees a part of it: only reviewers take it back.")
            self.message_user(request, told, messages.ERROR)
            return self._to(run)
        if request.method == "POST":
            return self._started(request, run, "undo")
        context = {"written": queries.written(run), "edited": queries.edited_since(run)}
        return self._page(request, "undo", run, title=_("Undo this import?"), **context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask before an import is discarded, with its file and its rows, and discard it."""
        run = self._run(request, unquote(object_id))
        self._refuse_strangers(self.has_delete_permission(request, run))
        if request.method != "POST":
            return self._page(request, "discard", run, title=_("Discard this import?"))
        with transaction.atomic():
            held = ImportRun.objects.select_for_update().defer("content").filter(pk=run.pk).first()
            if held is not None and self.has_delete_permission(request, held):
                held.delete()
                self.message_user(request, _("The import was discarded."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:friendship_importrun_changelist"))

    def _started(self, request: HttpRequest, run: ImportRun, task: str) -> HttpResponse:
        try:
            runs.start(run, task, by=_who(request))
        except (runs.NotNow, PermissionDenied) as error:
            self.message_user(request, in_words(error), messages.WARNING)
        return self._to(run)

    # --- as files

    def rows_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The rows of one outcome as a table, to mend them."""
        self._refuse_strangers(self.has_view_permission(request))
        run, outcome = self._run(request, pk), request.GET.get("outcome", "")
        if outcome not in Outcome.values:
            raise Http404
        rows = list(queries.import_rows(run, outcome))
        table = reading.table(bytes(run.content), run.format)
        return _as_file(f"import-{run.pk}-{outcome}.csv", csv.lines(import_pages.as_table(rows, table)))

    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every row’s outcome, for programs."""
        self._refuse_strangers(self.has_view_permission(request))
        run = self._run(request, pk)
        report = JsonResponse(reports.as_json(run), json_dumps_params={"ensure_ascii": False, "indent": 1})
        report["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
        return report

    # --- answers

    def _page(self, request: HttpRequest, name: str, run: ImportRun | None = None, **context: Any) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "run": run,
            "title": str(run or ""),
            "may_import": self.has_add_permission(request),
            "may_undo": self.has_change_permission(request),
            "may_discard": run is not None and self.has_delete_permission(request, run),
        }
        return TemplateResponse(request, f"admin/friendship/importrun/{name}.html", shared | context)

    def _to(self, run: ImportRun, step: str = "change") -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:friendship_importrun_{step}", args=[run.pk]))

    def _back(self, pk: int, query: str = "") -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:friendship_importrun_change", args=[pk]) + query)


def _parts(form: UploadForm) -> Iterator[tuple[Any, Any]]:
    """The form in the order of its page; the new source is a form of its own between the others."""
    yield form, [(_("The list"), {"fields": ["file", "type"]}), (_("Its source"), {"fields": ["source"]})]
    described = ["title", "publisher", "kind", "published_on", "url", "language"]
    yield form.new_source, [(_("A new source"), {"fields": described})]
    if "publish" in form.fields:
        yield form, [(_("Publication"), {"fields": ["publish"]})]


def _who(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in


def _as_file(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=csv.CONTENT_TYPE, headers=disposition)
