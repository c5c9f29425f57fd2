"""The public pages."""

from __future__ import annotations

from django.urls import path

from friendship import feeds
from friendship.views import (
    about,
    anniversaries,
    cards,
    compare,
    corrections,
    countries,
    datapackage,
    exports,
    histories,
    home,
    maps,
    places,
    relationships,
    sources,
    statistics,
    suggestions,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("card.png", cards.site, name="card"),
    # relationships/
    path("relationships/", relationships.index, name="relationships"),
    path("relationships/<int:pk>/", relationships.detail, name="relationship"),
    path("relationships/<int:pk>/card.png", cards.relationship, name="relationship-card"),
    path("relationships/<int:pk>/suggest/", corrections.relationship, name="relationship-correction"),
    path("relationships/<int:pk>/history/", histories.relationship, name="relationship-history"),
    path("relationships.csv", exports.relationships("csv"), name="relationships-csv"),
    path("relationships.xlsx", exports.relationships("xlsx"), name="relationships-xlsx"),
    path("relationships.json", exports.relationships("json"), name="relationships-json"),
    path("relationships.geojson", exports.relationships("geojson"), name="relationships-geojson"),
    path(
        "relationships.quickstatements",
        exports.relationships("quickstatements"),
        name="relationships-quickstatements",
    ),
    path("datapackage.json", datapackage.datapackage, name="datapackage"),
    # cities/ and provinces/
    path("cities/", places.cities, name="cities"),
    path("cities/<slug:slug>/", places.city, name="city"),
    path("cities/<slug:slug>/card.png", cards.city, name="city-card"),
    path("cities/<slug:slug>/history/", histories.city, name="city-history"),
    path("cities/<slug:slug>/suggest/", corrections.city, name="city-correction"),
    path("provinces/", places.provinces, name="provinces"),
    path("provinces/<slug:slug>/", places.province, name="province"),
    path("provinces/<slug:slug>/card.png", cards.province, name="province-card"),
    path("provinces/<slug:slug>/suggest/", corrections.province, name="province-correction"),
    path("provinces/<slug:slug>/history/", histories.province, name="province-history"),
    # countries/
    path("countries/", countries.index, name="countries"),
    path("countries/<slug:code>/", countries.detail, name="country"),
    # sources/
    path("sources/", sources.index, name="sources"),
    path("sources/<slug:slug>/", sources.detail, name="source"),
    # map/
    path("map/", maps.index, name="map"),
    path("map/data.json", maps.data, name="map-data"),
    # statistics/
    path("statistics/", statistics.index, name="statistics"),
    path("statistics/<slug:name>.csv", statistics.table, name="statistics-csv"),
    # anniversaries/
    path("anniversaries/", anniversaries.index, name="anniversaries"),
    path("anniversaries/<slug:month>/", anniversaries.month, name="anniversaries-month"),
    path("anniversaries.ics", feeds.anniversaries, name="anniversaries-ics"),
    # feeds/
    path("feeds/recent.xml", feeds.recent, name="recent-feed"),
    # compare/
    path("compare/", compare.compare, name="compare"),
    # suggest/
    path("suggest/", suggestions.suggest, name="suggest"),
    # suggestions/
    path("suggestions/<slug:token>/", corrections.suggestion, name="suggestion"),
    # about/
    path("about/", about.about, name="about"),
]
