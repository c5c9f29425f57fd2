"""Whether a place lies where its country does."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from friendship.auditing.extents import lies_in
from friendship.auditing.findings import Finding, named
from friendship.models import Place


def coordinates_far() -> Iterator[Finding]:
    """The coordinates lie outside the country, by more than a degree from the boxes that hold it."""
    rows = Place.objects.filter(latitude__isnull=False).order_by("pk")
    columns = (
        "pk",
        "country_id",
        "latitude",
        "longitude",
        "name_zh",
        "name_en",
        "country__name_zh",
        "country__name_en",
    )
    for pk, country, latitude, longitude, *words in rows.values_list(*columns).iterator():
        if not lies_in(country, latitude, longitude):
            said = _("%(place)s: %(latitude)s, %(longitude)s is not in %(country)s") % {
                "place": named(*words[:2]),
                "latitude": f"{latitude:g}",
                "longitude": f"{longitude:g}",
                "country": named(*words[2:]),
            }
            yield Finding(f"place/{pk}", (country, latitude, longitude), said)
