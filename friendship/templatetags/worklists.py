"""The workbench for the admin's first page, whose view is Django's own."""

from __future__ import annotations

from typing import Any

from django import template

from friendship.admin.workbench import Shown, workbench

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: Any) -> list[Shown]:
    """The panels of the person who asks."""
    return workbench(context["request"].user)
