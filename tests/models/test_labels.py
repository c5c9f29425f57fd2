"""The label of a value is the one that Django would give."""

from __future__ import annotations

import pytest
from django.db.models import Model
from django.utils.translation import override

from friendship.models import Country, Event, Evidence, Place, Relationship, Source
from friendship.models.curation import Curated


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", [Country, Place, Relationship, Event, Evidence, Source])
def test_each_value_has_the_label_of_its_column(model: type[Curated], language: str) -> None:
    with override(language):
        for column in [column for column in model._meta.concrete_fields if column.choices]:
            for value in [*dict(column.flatchoices), "unheard of", "", None]:
                row = model(**{column.name: value})
                plain = Model._get_FIELD_display(row, column)  # type: ignore[attr-defined]
                assert getattr(row, f"get_{column.name}_display")() == plain
                assert type(plain) is type(row._get_FIELD_display(column))


def test_a_label_speaks_the_language_that_is_active() -> None:
    tie = Relationship(type="sister")
    told = []
    for language in ("zh-hans", "en", "zh-hans"):
        with override(language):
            told.append(tie.get_type_display())
    assert told == ["国际友好城市", "sister city", "国际友好城市"]
