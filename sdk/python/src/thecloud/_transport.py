"""Calls over one gRPC channel: who calls, how long, and what is tried again."""

from __future__ import annotations

import time
import uuid
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple, Type, TypeVar

import grpc
from google.protobuf.message import Message

from ._errors import CloudError, from_rpc
from ._retry import RetryPolicy
from ._stream import Stream

M = TypeVar("M", bound=Message)
Metadata = List[Tuple[str, str]]

#: Of a call with its retries, in seconds.
DEFAULT_TIMEOUT = 30.0


class Transport:
    """Shared by all resources of a cloud; may be used by many threads."""

    def __init__(
        self,
        channel: grpc.Channel,
        metadata: Metadata,
        timeout: float = DEFAULT_TIMEOUT,
        retry: RetryPolicy = RetryPolicy(),
    ) -> None:
        self._channel = channel
        self._metadata = metadata
        self._timeout = timeout
        self.retry = retry
        self._calls: Dict[str, Any] = {}

    def unary(
        self,
        path: str,
        request: Message,
        answer: Type[M],
        repeat: str,
        timeout: Optional[float],
        key: Optional[str],
    ) -> M:
        call = self._call(self._channel.unary_unary, path, type(request), answer)
        metadata, request_id = self._headers(key if repeat == "read" else key or str(uuid.uuid4()))
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        retries = 0
        while True:
            left = max(deadline - time.monotonic(), 0.001)
            try:
                return call(request, timeout=left, metadata=metadata)
            except grpc.RpcError as raised:
                error = from_rpc(raised, request_id)
                pause = self.retry.delay(error, retries, repeat)
                if pause is None or time.monotonic() + pause >= deadline:
                    raise error from raised
                time.sleep(pause)
                retries += 1

    def stream(
        self, path: str, request: Message, answer: Type[M], resume: str, timeout: Optional[float]
    ) -> Stream[M]:
        call = self._call(self._channel.unary_stream, path, type(request), answer)

        def open_(after: str) -> Tuple[Any, str]:
            metadata, request_id = self._headers(None)
            again = type(request)()
            again.CopyFrom(request)
            if after:
                setattr(again, "after", after)
            return call(again, timeout=timeout, metadata=metadata), request_id

        return Stream(open_, resume, self.retry)

    def upload(
        self,
        path: str,
        requests: Iterator[Message],
        question: Type[Message],
        answer: Type[M],
        timeout: float,
        key: Optional[str],
    ) -> M:
        """Not tried again: what was read of the data is gone."""
        call = self._call(self._channel.stream_unary, path, question, answer)
        metadata, request_id = self._headers(key or str(uuid.uuid4()))
        try:
            return call(requests, timeout=timeout, metadata=metadata)
        except grpc.RpcError as raised:
            raise from_rpc(raised, request_id) from raised

    def duplex(
        self,
        path: str,
        requests: Iterable[Any],
        question: Type[Message],
        answer: Type[M],
        timeout: Optional[float],
    ) -> Stream[M]:
        call = self._call(self._channel.stream_stream, path, question, answer)

        def open_(_after: str) -> Tuple[Any, str]:
            metadata, request_id = self._headers(None)
            return call(iter(requests), timeout=timeout, metadata=metadata), request_id

        return Stream(open_, "never", RetryPolicy(max_retries=0))

    def close(self) -> None:
        self._channel.close()

    def _call(
        self, kind: Callable[..., Any], path: str, question: Type[Message], answer: Type[Message]
    ) -> Any:
        if path not in self._calls:
            self._calls[path] = kind(
                path,
                request_serializer=question.SerializeToString,
                response_deserializer=answer.FromString,
            )
        return self._calls[path]

    def _headers(self, key: Optional[str]) -> Tuple[Metadata, str]:
        request_id = str(uuid.uuid4())
        metadata = [*self._metadata, ("x-request-id", request_id)]
        if key:
            metadata.append(("idempotency-key", key))
        return metadata, request_id


def timed_out(message: str, subject: Any = None) -> CloudError:
    return CloudError("DEADLINE_EXCEEDED", "WAIT_TIMED_OUT", message, subject=subject)
