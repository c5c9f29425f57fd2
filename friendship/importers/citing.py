"""The sources that an import cites: those of the register, those that a list describes, and the list itself."""

from __future__ import annotations

from collections.abc import Iterable

from friendship import queries
from friendship.enums import SourceKind
from friendship.importers.faults import fault_of_publication, publication_date
from friendship.importers.records import Publication, Reason
from friendship.models import Source

#: What stands for things that a list does not say of a source that it names: nothing is invented.
_NO_PUBLISHER = "—"
_NO_LANGUAGE = "und"  # BCP 47: undetermined
#: A kind has to be given; this one lends a source the least weight.
_LEAST_KIND = SourceKind.ENCYCLOPAEDIA
_NO_KIND_ZH = "导入的名单未注明来源类别。"
_NO_KIND_EN = "The imported list does not say what kind of source this is."


class Sources:
    """Sources by their addresses. ``brought`` are the new ones that something has cited, in that order."""

    def __init__(self, own: Source, publications: Iterable[Publication], slugs: Iterable[str]) -> None:
        self._publications = {publication.slug: publication for publication in publications}
        self._held = queries.sources_at({*slugs, *self._publications, own.slug} - {""})
        self._own = self._held.get(own.slug, own)
        self.brought: list[Source] = []

    @property
    def own(self) -> str:
        """The address of the list itself."""
        return self._own.slug

    def itself(self) -> Source:
        """The list itself, which something cites now."""
        if self._own._state.adding and self._own not in self.brought:
            self.brought.append(self._own)
        return self._own

    def at(self, slug: str) -> Source:
        """The source at this address, which something cites now."""
        if slug == self.own:
            return self.itself()
        if slug not in self._held:
            self._held[slug] = _source(self._publications.get(slug) or Publication(slug))
            self.brought.append(self._held[slug])
        return self._held[slug]

    def fault(self, slug: str) -> Reason | None:
        """The rule that a source would break if the list brought it."""
        publication = self._publications.get(slug)
        return fault_of_publication(publication) if publication and slug not in self._held else None


def _source(publication: Publication) -> Source:
    is_of_a_kind = publication.kind in SourceKind.values
    source = Source(
        slug=publication.slug,
        title=publication.title or f"({publication.slug})",
        publisher=publication.publisher or _NO_PUBLISHER,
        kind=publication.kind if is_of_a_kind else _LEAST_KIND,
        url=publication.url,
        language=publication.language or _NO_LANGUAGE,
        note_zh=publication.note_zh if is_of_a_kind else publication.note_zh or _NO_KIND_ZH,
        note_en=publication.note_en if is_of_a_kind else publication.note_en or _NO_KIND_EN,
    )
    source.published_on = publication_date(publication.published_on)
    return source
