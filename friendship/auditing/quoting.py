"""Whether quotes still stand where they are said to stand."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Left, Length, StrIndex, Substr
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from friendship.auditing.findings import Finding
from friendship.models import Evidence, ReportedTotal

_SHOWN = 60  # letters of a quote that tell which one is meant


def quote_lost() -> Iterator[Finding]:
    """A quote that its source's text does not have, or not there.

    Counted and compared by the database, in code points, so that no text is read into memory. A quote without a
    position is looked for in the text, if one is held.
    """
    for rows in (Evidence.objects.all(), ReportedTotal.objects.all()):
        yield from _lost(rows)


def _lost(rows: QuerySet[Evidence] | QuerySet[ReportedTotal]) -> Iterator[Finding]:
    there = Substr("source__text", F("start") + 1, F("end") - F("start"))
    sliced = rows.annotate(there=there, found=StrIndex("source__text", F("quote")), length=Length("source__text"))
    moved = Q(start__isnull=False) & ~Q(there=F("quote"))
    missing = Q(start__isnull=True, found=0, length__gt=0) & ~Q(quote="")
    lost = sliced.filter(moved | missing).order_by("pk").annotate(stands=Left("there", _SHOWN))
    columns = ("pk", "source_id", "source__title", "start", "end", "quote", "stands")
    model = rows.model._meta.model_name
    for pk, source, title, start, end, quote, stands in lost.values_list(*columns).iterator():
        said = _("“%(quote)s” does not stand so in “%(source)s”") % {
            "quote": Truncator(quote).chars(_SHOWN),
            "source": title,
        }
        facts = (source, start, end, quote, stands)
        yield Finding(f"{model}/{pk}", facts, said, (f"{model}/{pk}", f"source/{source}"))
