"""What a person at the desk does: sit down, open a form, change something, press a button, read what it says."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.forms import BoundField, Textarea
from django.test import Client

RELATIONSHIPS = "/en/admin/friendship/relationship/"


def at_the_desk(name: str, group: str = "") -> Client:
    """A browser with a member of that group logged in; a superuser without one."""
    if group:
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    else:
        user = User.objects.create_superuser(name)
    client = Client()
    client.force_login(user)
    return client


def with_permissions(*codenames: str) -> Client:
    """A browser with a member of staff who may do just that."""
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def opened(client: Client, address: str) -> dict[str, Any]:
    """The form at the address as a browser would send it back."""
    context = client.get(address).context
    formsets = [inline.formset for inline in context.get("inline_admin_formsets", [])]
    forms = [context["adminform"].form, *(formset.management_form for formset in formsets)]
    forms += [form for formset in formsets for form in formset.forms]
    return {field.html_name: _sent(field) for form in forms for field in form}


def _sent(field: BoundField) -> Any:
    """What a browser sends for a box as it is shown: the lines of a text box end in CR LF, whatever they were."""
    value = "" if field.value() is None else field.value()
    return re.sub(r"\r\n?|\n", "\r\n", value) if isinstance(field.field.widget, Textarea) else value


def problems(response: Any) -> list[str]:
    """Every error on the page, the form’s own first."""
    formsets = [inline.formset for inline in response.context.get("inline_admin_formsets", [])]
    forms = [response.context["adminform"].form, *(form for formset in formsets for form in formset.forms)]
    said = [str(error) for form in forms for errors in form.errors.values() for error in errors]
    return said + [str(error) for formset in formsets for error in formset.non_form_errors()]


def said(response: Any) -> list[str]:
    """The messages after a button was pressed."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(client: Client, action: str, rows: list[Any], address: str = RELATIONSHIPS, **more: Any) -> Any:
    """Tick rows of a list and run an action on them."""
    return client.post(address, {"action": action, "_selected_action": [row.pk for row in rows], "index": "0", **more})
