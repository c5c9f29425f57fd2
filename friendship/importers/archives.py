"""Archives of files (ZIP), as workbooks and documents are: their parts, unpacked without trusting what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

#: As much of a part as is unpacked at once.
PIECE = 65_536

_DIRECTORY_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30


def has_more_parts(content: bytes, limit: int) -> bool:
    """Whether the directory may name more parts than that: ``zipfile`` keeps half a kilobyte for each."""
    return content.count(_DIRECTORY_ENTRY) > limit


def parts(content: bytes) -> list[zipfile.ZipInfo]:
    """The directory. Raises ``ValueError`` where there is none that can be read."""
    try:
        return zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, struct.error) as error:
        raise ValueError("no archive") from error


def unpacked(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, piece by piece, unpacked here because the size in the directory may be a lie.

    ``zipfile`` unpacks as far as it is told by that size, but up to 2 GB on the way to it. Raises ``ValueError`` where
    the part is not what the directory says, and ``zlib.error`` where it is damaged.
    """
    header = content[part.header_offset : part.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or part.flag_bits & 1:
        raise ValueError(part.filename)
    start = part.header_offset + _LOCAL_HEADER + sum(int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    packed = memoryview(content)[start : start + part.compress_size]
    left = part.file_size
    for piece in _inflated(packed) if part.compress_type == zipfile.ZIP_DEFLATED else _stored(packed, part):
        left -= len(piece)
        if left < 0:
            raise ValueError(part.filename)
        yield piece
    if left:
        raise ValueError(part.filename)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), PIECE):
        waiting: bytes | memoryview = packed[start : start + PIECE]
        while waiting and not stream.eof:
            yield stream.decompress(waiting, PIECE)
            waiting = stream.unconsumed_tail
    yield stream.flush()


def _stored(packed: memoryview, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.compress_type != zipfile.ZIP_STORED:  # office programs know no other way of packing
        raise ValueError(part.filename)
    for start in range(0, len(packed), PIECE):
        yield bytes(packed[start : start + PIECE])
