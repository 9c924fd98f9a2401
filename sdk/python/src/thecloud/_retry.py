"""What is tried again, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable, Optional

from ._errors import CloudError


@dataclass(frozen=True)
class RetryPolicy:
    """Times in seconds. ``RetryPolicy(max_retries=0)`` never tries again."""

    #: How often a call is tried again after its first attempt.
    max_retries: int = 3
    #: The first pause; each later one is twice as long, up to the longest, with jitter.
    base_delay: float = 0.25
    max_delay: float = 5.0
    #: A cloud that asks for a longer pause than this gets none: the caller is told instead.
    max_retry_after: float = 10.0

    def backoff(self, retries: int, rand: Callable[[], float] = random.random) -> float:
        return min(self.max_delay, self.base_delay * 2.0 ** min(retries, 30)) * (0.5 + rand() / 2)

    def delay(
        self,
        error: CloudError,
        retries: int,
        repeat: str = "keyed",
        rand: Callable[[], float] = random.random,
    ) -> Optional[float]:
        """The pause before the next attempt; None: the error stands."""
        if retries >= self.max_retries or not passes(error, repeat):
            return None
        pause = self.backoff(retries, rand)
        if error.retry_after is None:
            return pause
        return None if error.retry_after > self.max_retry_after else max(pause, error.retry_after)


def passes(error: CloudError, repeat: str = "keyed") -> bool:
    """True of what goes away by itself, so that the call may be repeated.

    repeat: "once" is a call whose repetition would do it twice: it is repeated only when it was
    refused before it began. All others are reads, or carry an idempotency key.
    """
    if repeat == "once":
        return error.code == "RESOURCE_EXHAUSTED" and error.retry_after is not None
    return error.code == "UNAVAILABLE" or (
        error.code in ("RESOURCE_EXHAUSTED", "ABORTED") and error.retry_after is not None
    )
