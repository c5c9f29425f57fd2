"""``fields=id,type,home.name_zh``: answers with only what is asked for. Each row's serializer says what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.serializers import BaseSerializer, ListSerializer

PARAMETER = "fields"
_UNKNOWN = _("“%(value)s” is not known to the register.")


def names(field: Field[Any, Any, Any, Any], prefix: str = "") -> Iterator[str]:
    """Everything that can be asked of a serializer, what lies within another after a dot: ``home``, ``home.slug``."""
    for name, inner in _children(field).items():
        yield f"{prefix}{name}"
        yield from names(inner, f"{prefix}{name}.")


def read(values: Iterable[str], serializer: type[BaseSerializer[Any]]) -> frozenset[str]:
    """The names in the values of the parameter; empty where everything is asked for.

    Raises ``ValidationError`` for a name that the serializer does not know.
    """
    asked = frozenset(name for value in values for name in value.split(",") if name)
    if unknown := asked - _known(serializer):  # type: ignore[arg-type]  # every class can be a key
        raise ValidationError({PARAMETER: [_UNKNOWN % {"value": name} for name in sorted(unknown)]})
    return asked


@cache
def _known(serializer: type[BaseSerializer[Any]]) -> frozenset[str]:
    return frozenset(names(serializer()))


def narrow(field: Field[Any, Any, Any, Any], asked: frozenset[str], prefix: str = "") -> None:
    """Take from a serializer what was not asked for."""
    for name, inner in list(_children(field).items()):
        path = f"{prefix}{name}"
        if path in asked:
            continue
        if any(other.startswith(f"{path}.") for other in asked):
            narrow(inner, asked, f"{path}.")
        else:
            del _children(field)[name]


def _children(field: Any) -> Any:
    """The fields of a serializer by name, those of its rows where it stands for many; none of any other field."""
    one = field.child if isinstance(field, ListSerializer) else field
    return getattr(one, "fields", {}) if isinstance(one, BaseSerializer) else {}
