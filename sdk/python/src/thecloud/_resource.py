"""What the generated resources stand on: one method a kind of rpc."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Optional, Type, TypeVar

from google.protobuf.message import Message

from ._pages import Pages
from ._request import Data, chunks
from ._stream import Stream
from ._transport import Transport

M = TypeVar("M", bound=Message)

#: Uploads take as long as they take: this bounds only what hangs, in seconds.
UPLOAD_TIMEOUT = 3600.0
#: How much longer than the cloud a long poll may take, and how long the cloud waits unasked, in seconds.
POLL_SLACK = 15.0
POLL_DEFAULT = 30


class Resource:
    """One kind of thing, and what can be done with it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _unary(
        self,
        path: str,
        request: Message,
        answer: Type[M],
        repeat: str,
        timeout: Optional[float],
        key: Optional[str],
    ) -> M:
        if timeout is None and "timeout_seconds" in request.DESCRIPTOR.fields_by_name:
            timeout = (getattr(request, "timeout_seconds") or POLL_DEFAULT) + POLL_SLACK
        return self._transport.unary(path, request, answer, repeat, timeout, key)

    def _pages(
        self, path: str, request: Message, answer: Type[M], field: str, timeout: Optional[float]
    ) -> Pages[Any, M]:
        def fetch(token: str) -> M:
            page = type(request)()
            page.CopyFrom(request)
            if token:
                setattr(page, "page_token", token)
            return self._transport.unary(path, page, answer, "read", timeout, None)

        return Pages(fetch, field, getattr(request, "page_token", ""))

    def _stream(
        self, path: str, request: Message, answer: Type[M], resume: str, timeout: Optional[float]
    ) -> Stream[M]:
        return self._transport.stream(path, request, answer, resume, timeout)

    def _upload(
        self,
        path: str,
        request: Message,
        data: Data,
        field: str,
        answer: Type[M],
        timeout: Optional[float],
        key: Optional[str],
    ) -> M:
        def messages() -> Iterator[Message]:
            yield request
            for piece in chunks(data):
                yield type(request)(**{field: piece})

        return self._transport.upload(
            path, messages(), type(request), answer, UPLOAD_TIMEOUT if timeout is None else timeout, key
        )

    def _duplex(
        self,
        path: str,
        requests: Iterable[Any],
        question: Type[Message],
        answer: Type[M],
        timeout: Optional[float],
    ) -> Stream[M]:
        return self._transport.duplex(path, requests, question, answer, timeout)
