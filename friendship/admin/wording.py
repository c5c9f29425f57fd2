"""Texts of Django's admin that its own Chinese catalogue leaves in English; named here, they are translated in ours."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Error:"),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("In case you’ve forgotten, you are:"),
)
