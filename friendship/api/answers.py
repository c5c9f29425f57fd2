"""What all answers of the API share: parameters that are known, rows with the fields asked for, and an ETag."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from friendship.api import selection
from friendship.api.pagination import RegisterPagination
from friendship.freshness import tag_of

Row = TypeVar("Row", bound=Model)

_READING = frozenset({"GET", "HEAD"})

_NO_SUCH_PARAMETER = _("There is no such parameter here. There are: %(names)s.")
_NO_PARAMETERS = _("There are no parameters here.")
_MERGED = _("This record was merged into another one; Location says where it is now.")


class _NotChanged(Exception):
    """The client holds what the answer would be."""


class KeptAnswer(APIView):
    """An answer that a client may keep, and ask with its ETag whether it is still right: 304 if it is.

    The ETag is that of the content, and stays the same while other parts of the register change: a client that walks
    through all of it does not begin anew with each edit. Who asks again while nothing at all has changed is told so
    without the content: the tags of those that were asked about are remembered with the state of the register.
    """

    #: What the answer is made of, where the client asks whether it holds it; else empty.
    _made_of = ""

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Nothing is kept without asking."""
        return {**super().default_response_headers, "Cache-Control": "no-cache"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once the request is counted: end it here, if it asks about an answer that it is known to hold."""
        super().initial(request, *args, **kwargs)
        if request.method in _READING and "HTTP_IF_NONE_MATCH" in request.META:
            self._made_of = f"{tag_of(request._request)} {get_language()} {request.accepted_media_type}"
            known = _tags.get(self._made_of)
            if known and get_conditional_response(request, etag=known) is not None:
                raise _NotChanged(known)

    def handle_exception(self, exc: Exception) -> Response:
        """As the package does, but for what is no error."""
        if isinstance(exc, _NotChanged):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": str(exc)})
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Once the content is there, compare it with what the client holds."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code == status.HTTP_200_OK and request.method in _READING:
            answer.add_post_render_callback(self._compared)
        return answer

    def _compared(self, answer: HttpResponse) -> HttpResponse:
        if not answer.has_header("ETag"):
            set_response_etag(answer)
        if self._made_of:
            _remember(self._made_of, answer["ETag"])
        compared = get_conditional_response(self.request, etag=answer["ETag"], response=answer) or answer
        for name, value in self.headers.items():
            compared.headers.setdefault(name, value)
        return compared


#: The ETags of answers by what they are made of, 200 bytes each; those that came first go first.
_tags: dict[str, str] = {}
_MOST_TAGS = 5_000
_remembering = Lock()


def _remember(made_of: str, tag: str) -> None:
    with _remembering:
        _tags[made_of] = tag
        while len(_tags) > _MOST_TAGS:
            del _tags[next(iter(_tags))]


class Answer(KeptAnswer):
    """An answer that refuses a parameter it does not know: a filter that is misspelt must not give every row."""

    parameters: ClassVar[Iterable[str]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read what the address asks. Raises ``ValidationError`` under the name of each wrong parameter."""
        super().initial(request, *args, **kwargs)
        known = list(self.parameters)
        unknown = set(request.query_params) - {*known, api_settings.URL_FORMAT_OVERRIDE}
        if unknown:
            problem = _NO_SUCH_PARAMETER % {"names": ", ".join(known)} if known else _NO_PARAMETERS
            raise ValidationError({name: [problem] for name in sorted(unknown)})


class RowAnswer(Answer, GenericAPIView[Row]):
    """An answer of which ``fields`` chooses a part."""

    parameters: ClassVar[Iterable[str]] = (selection.PARAMETER,)
    #: The names asked for; empty where all of them are.
    selected: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read ``fields`` as well."""
        super().initial(request, *args, **kwargs)
        asked = request.query_params.getlist(selection.PARAMETER)
        self.selected = selection.read(asked, self.get_serializer_class())

    def shows(self, name: str) -> bool:
        """Whether the answer has the field, or something of it."""
        return not self.selected or any(path.split(".")[0] == name for path in self.selected)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """The serializer with the fields asked for."""
        serializer = super().get_serializer(*args, **kwargs)
        if self.selected:
            selection.narrow(serializer, self.selected)
        return serializer


class DetailAnswer(RowAnswer[Row], RetrieveAPIView[Row]):
    """One row. The address of a record that was merged into another leads there."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The row, or where it went. Raises ``Http404``."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            moved = self.moved()
            if moved is None:
                raise
            address = reverse(f"api:{moved[0]}", kwargs=moved[1], request=request)
            query = request.META.get("QUERY_STRING", "")
            told = {"Location": f"{address}?{query}" if query else address}
            return Response({"detail": _MERGED}, status.HTTP_301_MOVED_PERMANENTLY, headers=told)

    def moved(self) -> tuple[str, dict[str, Any]] | None:
        """The name and the key of the address that took this one's place, where there is one."""
        return None


class ListAnswer(RowAnswer[Row], ListAPIView[Row]):
    """Rows, a page at a time."""

    parameters = (*RowAnswer.parameters, *RegisterPagination.parameters)
