"""Makes requests of what methods are given."""

from __future__ import annotations

from typing import IO, Any, Iterable, Iterator, List, Mapping, Type, TypeVar, Union

from google.protobuf.message import Message

M = TypeVar("M", bound=Message)

#: What can be uploaded: bytes, an open file, or pieces.
Data = Union[bytes, IO[bytes], Iterable[bytes]]

CHUNK_BYTES = 256 * 1024


def build(kind: Type[M], **fields: Any) -> M:
    """A request with the fields that are given. An update changes what is given, unless told otherwise."""
    given = {name: value for name, value in fields.items() if value is not None}
    request = kind(**given)
    if "update_mask" in fields and not given.get("update_mask"):
        getattr(request, "update_mask").extend(_mask(kind, given))
    return request


def _mask(kind: Type[Message], given: Mapping[str, Any]) -> List[str]:
    paths = []
    for name, value in given.items():
        if name in ("id", "version"):  # which one, and if it still is the one
            continue
        nested = kind.DESCRIPTOR.fields_by_name[name].message_type
        if nested is None or nested.GetOptions().map_entry:
            paths.append(name)
        elif isinstance(value, Message):
            paths += [f"{name}.{field.name}" for field, _ in value.ListFields()]
        else:
            paths += [f"{name}.{field}" for field in value]
    return paths


def chunks(data: Data) -> Iterator[bytes]:
    """Pieces that fit into one message each."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        pieces: Iterable[bytes] = (bytes(data),)
    elif hasattr(data, "read"):
        pieces = iter(lambda: data.read(CHUNK_BYTES), b"")
    else:
        pieces = data
    for piece in pieces:
        for start in range(0, len(piece), CHUNK_BYTES):
            yield piece[start : start + CHUNK_BYTES]
