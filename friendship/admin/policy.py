"""The rules of the office: one form, reached at once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from friendship.admin.register import RegisterAdmin
from friendship.models import Policy
from friendship.models.policy import THE_ONE


@admin.register(Policy)
class PolicyAdmin(RegisterAdmin):
    """The one row of rules."""

    fieldsets = ((None, {"fields": ["own_changes", "two_factor"]}),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one set of rules; the list leads to it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An office always has rules."""
        return False

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go to the rules at once."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:friendship_policy_change", args=[THE_ONE]))
