"""The public pages."""

from __future__ import annotations

from django.urls import path

from friendship.views import about, countries, home, places, relationships, sources

urlpatterns = [
    path("", home.home, name="home"),
    # relationships/
    path("relationships/", relationships.index, name="relationships"),
    path("relationships/<int:pk>/", relationships.detail, name="relationship"),
    # cities/ and provinces/
    path("cities/", places.cities, name="cities"),
    path("cities/<slug:slug>/", places.city, name="city"),
    path("provinces/", places.provinces, name="provinces"),
    path("provinces/<slug:slug>/", places.province, name="province"),
    # countries/
    path("countries/", countries.index, name="countries"),
    path("countries/<slug:code>/", countries.detail, name="country"),
    # sources/
    path("sources/", sources.index, name="sources"),
    path("sources/<slug:slug>/", sources.detail, name="source"),
    # about/
    path("about/", about.about, name="about"),
]
