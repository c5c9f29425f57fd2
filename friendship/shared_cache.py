"""A Redis that several machines ask, and that may be away: then nothing is kept, and every page is made as always.

What is kept is sealed with the secret key. Values travel as pickles, and reading one runs what it says: without the
seal, whoever could write into the Redis could run anything here.
"""

from __future__ import annotations

import hmac
import logging
import pickle  # nosec B403 (what is read is sealed)
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from django.utils.crypto import salted_hmac
from redis import RedisError

#: Seconds in which a Redis that did not answer is not asked again: nobody waits for it at every page.
PAUSE = 2.0
#: Seconds between two lines of the log about it.
TOLD = 60.0

_log = logging.getLogger(__name__)
_DIGEST = "sha256"
_LENGTH = 32
Value = TypeVar("Value")


class _Standing:
    """How it stands with the Redis of this process: each thread has a cache object of its own, and all share this."""

    rests_until = 0.0
    told_at = -TOLD


class Sealed:
    """Pickles with a digest that only who knows the secret key can make; anything else is as if it were not there."""

    @cached_property
    def _key(self) -> bytes:
        return salted_hmac("friendship.shared_cache", "seal", algorithm=_DIGEST).digest()

    def dumps(self, value: object) -> bytes:
        """The value with its seal before it."""
        kept = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return hmac.digest(self._key, kept, _DIGEST) + kept

    def loads(self, data: bytes) -> Any:
        """The value, or None."""
        seal, kept = data[:_LENGTH], data[_LENGTH:]
        if not hmac.compare_digest(seal, hmac.digest(self._key, kept, _DIGEST)):
            return None
        try:
            return pickle.loads(kept)  # nosec B301 # noqa: S301 (we have written it ourselves, as the seal shows)
        except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError):
            return None  # written by a version that runs beside this one, and looks otherwise


class SharedCache(RedisCache):
    """Django's own. What pages need never fails: all but ``incr``, ``touch``, ``has_key`` and ``delete_many``."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept; the default where nothing is, or where nothing can be known."""
        found = self._asked(lambda: super(SharedCache, self).get(key, None, version), None)
        return default if found is None else found

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep it, if that can be done."""
        self._asked(lambda: super(SharedCache, self).set(key, value, timeout, version), None)

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep it unless something is kept, and say whether it was done."""
        return self._asked(lambda: super(SharedCache, self).add(key, value, timeout, version), False)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """What is kept of these."""
        nothing: dict[Any, Any] = {}
        found = self._asked(lambda: super(SharedCache, self).get_many(keys, version), nothing)
        return {key: value for key, value in found.items() if value is not None}

    def set_many(
        self, data: dict[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Keep them, and name those that were not kept."""
        return self._asked(lambda: super(SharedCache, self).set_many(data, timeout, version), list(data))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it, and say whether there was something to forget."""
        return self._asked(lambda: super(SharedCache, self).delete(key, version), False)

    def clear(self) -> None:
        """Forget everything."""
        self._asked(lambda: super(SharedCache, self).clear(), None)

    def _asked(self, ask: Callable[[], Value], nothing: Value) -> Value:
        if time.monotonic() < _Standing.rests_until:
            return nothing
        try:
            return ask()
        except (RedisError, OSError) as error:
            _rest(error)
            return nothing


def _rest(error: Exception) -> None:
    now = time.monotonic()
    _Standing.rests_until = now + PAUSE
    if now - _Standing.told_at >= TOLD:
        _Standing.told_at = now
        _log.warning("The shared cache does not answer, pages are made without it: %s", type(error).__name__)
