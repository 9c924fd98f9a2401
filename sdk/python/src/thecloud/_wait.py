"""Waiting for what a controller does after the answer."""

from __future__ import annotations

import time
from typing import Any, Callable, Generic, Optional, TypeVar

from ._errors import CloudError
from ._resource import Resource
from ._transport import timed_out

M = TypeVar("M")

#: Between looks, in seconds: the first, and the longest.
FIRST_LOOK, LAST_LOOK = 0.1, 1.0
#: How long the cloud may hold back its answer about an operation, in seconds.
POLL_SECONDS = 20


class StatefulResource(Resource, Generic[M]):
    """A kind of thing whose ``status.state`` changes by itself."""

    def wait_until(
        self,
        id: str,
        state: str,
        *,
        timeout: float = 300.0,
        on_update: Optional[Callable[[M], None]] = None,
    ) -> Optional[M]:
        """The resource once it is in that state; None once it is gone, if "deleted" was waited for.

        on_update: is told what was seen, each time its version is another.

        Raises CloudError: with code FAILED_PRECONDITION and the resource's own reason when it
        failed or went instead; with reason WAIT_TIMED_OUT when time is up. Its ``subject`` is the
        resource as it was last seen.
        """
        deadline = time.monotonic() + timeout
        pause, version = FIRST_LOOK, None
        while True:
            seen: Any = self._look(id, state, deadline)
            if seen is None:
                return None
            now = seen.status.state
            if now == state:
                return seen
            if now in ("failed", "deleted"):
                raise _gone_wrong(seen, now)
            if on_update and seen.metadata.version != version:
                on_update(seen)
            if seen.metadata.version != version:
                pause, version = FIRST_LOOK, seen.metadata.version
            left = deadline - time.monotonic()
            if left <= 0:
                what = seen.metadata.name or id
                raise timed_out(f"{what} is {now}, not {state}, after {timeout:g} s.", seen)
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, LAST_LOOK)

    def _look(self, id: str, state: str, deadline: float) -> Optional[M]:
        """None: it is gone, and that is what was waited for."""
        left = max(1.0, deadline - time.monotonic())
        try:
            return getattr(self, "get")(id, timeout=left)
        except CloudError as error:
            if error.code == "NOT_FOUND" and state == "deleted":
                return None
            raise


class OperationResource(Resource):
    """Who asked for what, and how it ended."""

    def wait(
        self,
        id: str,
        *,
        timeout: float = 300.0,
        on_update: Optional[Callable[[Any], None]] = None,
    ) -> Any:
        """The operation once it has succeeded.

        on_update: is told how far it got, now and then.

        Raises CloudError: with code FAILED_PRECONDITION and the operation's own reason, message and
        advice when it failed or gave way to a later one; with reason WAIT_TIMED_OUT when time is up.
        Its ``subject`` is the operation.
        """
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            seconds = max(1, min(POLL_SECONDS, round(left)))
            operation: Any = getattr(self, "poll")(id, timeout_seconds=seconds)
            if operation.state == "succeeded":
                return operation
            if operation.state in ("failed", "superseded"):
                raise _failed(operation)
            if on_update:
                on_update(operation)
            if time.monotonic() >= deadline:
                raise timed_out(f"{operation.kind} is not done after {timeout:g} s.", operation)


def _gone_wrong(seen: Any, state: str) -> CloudError:
    status = seen.status
    why = ": ".join(text for text in (status.reason, status.message) if text)
    text = f"{seen.metadata.name} is {state}" + (f": {why}" if why else ".")
    reason = status.reason or state.upper()
    return CloudError("FAILED_PRECONDITION", reason, text, subject=seen)


def _failed(operation: Any) -> CloudError:
    if operation.state == "superseded":
        text = f"{operation.kind} gave way to a later operation."
        return CloudError("FAILED_PRECONDITION", "SUPERSEDED", text, subject=operation)
    error = operation.error
    text = f"{operation.kind} failed: {error.message or 'no reason was given'}"
    if error.advice:
        text += f" {error.advice}"
    return CloudError("FAILED_PRECONDITION", error.reason, text, subject=operation)
