"""Evidence at hand: beside the form of a tie its sources, their texts with the tie's quotes marked, and all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from friendship.admin.keys import key_of
from friendship.enums import Claim
from friendship.models import Relationship, Source
from friendship.queries import at_hand as queries
from friendship.queries.at_hand import SourceAtHand
from friendship.quotes import Passage, passages

#: In the address of a form: the source whose text is shown beside it, and the words of a title that are looked for.
OPENED, WANTED = "at-hand", "find"
FOUND = 8
_FOLDER = "admin/friendship/relationship"


@dataclass(frozen=True)
class Piece:
    """A stretch of a source's text; ``says`` is what the tie's quotes that cover it are evidence of."""

    passage: Passage
    says: str

    @property
    def between_returns(self) -> list[str]:
        """The text cut at the character CR, which HTML keeps only where it is written as a reference."""
        return self.passage.text.split("\r")


def panel(request: HttpRequest, tie: Relationship | None, sources: Any) -> dict[str, Any]:
    """What stands beside the form of a tie; of a new one, only the box that looks for sources."""
    if not sources.has_view_permission(request):
        return {}
    own = queries.sources_at_hand(tie) if tie else []
    opened = _opened(request, sources)
    found = _found(request, sources)
    if opened and opened.pk not in [each.source.pk for each in [*own, *found]]:
        found = [SourceAtHand(opened, bool(opened.text)), *found]
    return {
        "tie": tie,
        "own": own,
        "found": found,
        "wanted": request.GET.get(WANTED, ""),
        "opened": opened,
        "pieces": pieces_of(opened, tie) if opened else [],
        "first": next((each.source.pk for each in own if each.has_text), None),
        "claims": Claim.choices,
        "kept": _kept(request),
    }


def text_view(request: HttpRequest, ties: ModelAdmin[Any], sources: Any, key: int) -> HttpResponse:
    """The text of a source as a part of the form's page; the quotes of the tie that the address names are marked."""
    tie = _named_tie(request, ties)
    source = _source(request, sources, key)
    context = {"source": source, "pieces": pieces_of(source, tie)}
    return TemplateResponse(request, f"{_FOLDER}/text.html", context)


def found_view(request: HttpRequest, ties: ModelAdmin[Any], sources: Any) -> HttpResponse:
    """The sources whose titles hold the words that are looked for, as a part of the form's page."""
    _named_tie(request, ties)
    if not sources.has_view_permission(request):
        raise PermissionDenied
    context = {"found": _found(request, sources), "wanted": request.GET.get(WANTED, "")}
    return TemplateResponse(request, f"{_FOLDER}/found.html", context)


def pieces_of(source: Source, tie: Relationship | None) -> list[Piece]:
    """The text of the source, cut where quotes of the tie begin and end."""
    quoted = queries.quoted_for(tie, source) if tie else {}
    return [
        Piece(passage, capfirst(" · ".join(_said(passage, quoted)))) for passage in passages(source.text, quoted.keys())
    ]


def _said(passage: Passage, quoted: dict[tuple[int, int], list[Any]]) -> list[str]:
    """What the quotes that cover the passage are evidence of, each once."""
    said = (piece.get_claim_display() for span in passage.spans for piece in quoted[span])
    return list(dict.fromkeys(str(label) for label in said))


def _kept(request: HttpRequest) -> QueryDict:
    """What the address of the form says besides, such as the proposal that is mended in it."""
    kept = request.GET.copy()
    for name in (OPENED, WANTED):
        kept.pop(name, None)
    return kept


def _opened(request: HttpRequest, sources: Any) -> Source | None:
    """The source whose text the address asks for; without a script the form's own page shows it."""
    asked = key_of(request.GET.get(OPENED, ""))
    return None if asked is None else _source(request, sources, asked)


def _source(request: HttpRequest, sources: Any, key: int) -> Source:
    held: QuerySet[Source] = sources.get_queryset(request).defer(None)
    source = held.filter(pk=key).first()
    if source is None:
        raise Http404
    if not sources.has_view_permission(request, source):
        raise PermissionDenied
    return source


def _named_tie(request: HttpRequest, ties: ModelAdmin[Any]) -> Relationship | None:
    """The tie beside whose form the answer is shown; none beside the form of a new one."""
    asked = request.GET.get("tie")
    if not asked:
        if not ties.has_view_or_change_permission(request):
            raise PermissionDenied
        return None
    key = key_of(asked)
    tie: Relationship | None = None if key is None else ties.get_queryset(request).filter(pk=key).first()
    if tie is None:
        raise Http404
    if not ties.has_view_or_change_permission(request, tie):
        raise PermissionDenied
    return tie


def _found(request: HttpRequest, sources: Any) -> list[SourceAtHand]:
    words = request.GET.get(WANTED, "").strip()
    if not words:
        return []
    rows, _duplicates = sources.get_search_results(request, sources.get_queryset(request), words)
    newest = [F(f"published_{part}").desc(nulls_last=True) for part in ("year", "month", "day")]
    return queries.with_holding(rows.order_by(*newest, "pk")[:FOUND])
