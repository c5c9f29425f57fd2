"""The doors of the API, under /api/v1/."""

from __future__ import annotations

from django.urls import path

from friendship.api import views

app_name = "api"

urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    # relationships/
    path("relationships/", views.RelationshipList.as_view(), name="relationships"),
    path("relationships/<int:pk>/", views.RelationshipDetail.as_view(), name="relationship"),
    # places/
    path("places/", views.PlaceList.as_view(), name="places"),
    path("places/<slug:slug>/", views.PlaceDetail.as_view(), name="place"),
    # countries/
    path("countries/", views.CountryList.as_view(), name="countries"),
    path("countries/<slug:code>/", views.CountryDetail.as_view(), name="country"),
    # sources/
    path("sources/", views.SourceList.as_view(), name="sources"),
    path("sources/<slug:slug>/", views.SourceDetail.as_view(), name="source"),
    # totals/
    path("totals/", views.TotalList.as_view(), name="totals"),
    # statistics/
    path("statistics/", views.StatisticsView.as_view(), name="statistics"),
    # the API about itself
    path("schema/", views.Schema.as_view(), name="schema"),
    path("docs/", views.Docs.as_view(), name="docs"),
]
