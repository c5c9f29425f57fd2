"""Texts of Django's admin and of its history that their own Chinese catalogues lack or get wrong.

Named here, they are collected into our catalogue, which comes first.
"""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Error:"),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("In case you’ve forgotten, you are:"),
    gettext_noop("Press the 'Revert' button below to revert to this version of the object."),
    gettext_noop("Choose a date from the list below to revert to a previous version of this object."),
)
