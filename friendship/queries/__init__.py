"""Reads across models: every page, the API and the exports ask here and nowhere else.

The functions take a ``Criteria`` and give rows, counts and facets, so that their answers may later come from an
index in memory without a change outside this room.
"""

from friendship.queries.criteria import SORTS, Criteria, select
from friendship.queries.facets import Choice, Decade, decades, facets, place_facets
from friendship.queries.places import (
    PLACE_SORTS,
    CountryCriteria,
    CountryRow,
    PlaceCriteria,
    all_countries,
    all_places,
    countries,
    countries_by_continent,
    country,
    place,
    places,
    places_of_country,
    places_under,
    ties_below,
)
from friendship.queries.register import Summary, is_ready, summary
from friendship.queries.relationships import (
    Disagreement,
    Excerpt,
    Voice,
    count_ties,
    disagreements,
    excerpt,
    other_ties,
    relationship,
    relationships,
    voices,
    with_evidence,
)
from friendship.queries.sources import (
    Statement,
    events_of,
    evidence_of,
    source,
    sources,
    statements,
    tie_counts_of_sources,
)
from friendship.queries.totals import ComparedTotal, compare, compared_totals, recorded, totals

__all__ = [
    "PLACE_SORTS",
    "SORTS",
    "Choice",
    "ComparedTotal",
    "CountryCriteria",
    "CountryRow",
    "Criteria",
    "Decade",
    "Disagreement",
    "Excerpt",
    "PlaceCriteria",
    "Statement",
    "Summary",
    "Voice",
    "all_countries",
    "all_places",
    "compare",
    "compared_totals",
    "count_ties",
    "countries",
    "countries_by_continent",
    "country",
    "decades",
    "disagreements",
    "events_of",
    "evidence_of",
    "excerpt",
    "facets",
    "is_ready",
    "other_ties",
    "place",
    "place_facets",
    "places",
    "places_of_country",
    "places_under",
    "recorded",
    "relationship",
    "relationships",
    "select",
    "source",
    "sources",
    "statements",
    "summary",
    "tie_counts_of_sources",
    "ties_below",
    "totals",
    "voices",
    "with_evidence",
]
