"""Answers that keep coming."""

from __future__ import annotations

import time
from typing import Any, Callable, Generic, Iterator, Optional, Tuple, TypeVar

import grpc

from ._errors import CloudError, from_rpc
from ._retry import RetryPolicy, passes

M = TypeVar("M")

#: A stream that was open is taken up again for as long as this after it was lost, in seconds.
RESUME_FOR = 300.0


class Stream(Generic[M]):
    """Iterate for messages as they come; ``close()``, or leaving a ``with``, ends it on both sides.

    Watches go on by themselves when their connection is lost: those of resources by asking again
    (each message is the whole resource), events from the last one that was read.
    """

    def __init__(
        self, open_: Callable[[str], Tuple[Any, str]], resume: str, retry: RetryPolicy
    ) -> None:
        self._open = open_
        self._resume = resume
        self._retry = retry
        self._call: Any = None
        self._request_id = ""
        self._closed = False
        self._ever_read = False
        self._failures = 0
        self._failing_since: Optional[float] = None
        self._last_id = ""

    def __iter__(self) -> Iterator[M]:
        return self

    def __next__(self) -> M:
        while not self._closed:
            try:
                if self._call is None:
                    self._call, self._request_id = self._open(self._last_id)
                message: M = next(self._call)
            except StopIteration:
                self._closed = True
                raise
            except grpc.RpcError as raised:
                if self._closed:
                    break
                error = from_rpc(raised, self._request_id)
                pause = self._pause(error)
                if pause is None:
                    self._closed = True
                    raise error from raised
                self._call = None
                time.sleep(pause)
            else:
                self._read(message)
                return message
        raise StopIteration

    def close(self) -> None:
        """Ends the stream; its iteration ends, too. May be called from another thread."""
        self._closed = True
        if self._call is not None:
            self._call.cancel()

    def __enter__(self) -> Stream[M]:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _read(self, message: Any) -> None:
        self._ever_read = True
        self._failures = 0
        self._failing_since = None
        if self._resume == "after":
            self._last_id = message.id

    def _pause(self, error: CloudError) -> Optional[float]:
        """How long until it is opened again; None: not at all."""
        failures, self._failures = self._failures, self._failures + 1
        if not self._ever_read:
            return self._retry.delay(error, failures)
        if self._resume == "never" or not passes(error):
            return None
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        if now - self._failing_since > RESUME_FOR:
            return None
        return max(self._retry.backoff(failures), error.retry_after or 0.0)
