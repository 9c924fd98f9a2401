"""The one error of this package, and how it is read from what gRPC brings."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Optional, Sequence

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

DETAILS = "grpc-status-details-bin"


class Violation(NamedTuple):
    """A field of the request that is not as it must be."""

    field: str
    description: str


class CloudError(Exception):
    """The cloud said no, did not answer, or what was waited for did not come.

    code: gRPC's name of the kind of failure: "NOT_FOUND", "UNAVAILABLE", …
    reason: the cloud's stable name of the cause: "INSTANCE_NOT_FOUND". docs/errors.md has them all.
    message: for people.
    violations: the fields at fault.
    request_id: finds this call in the cloud's logs.
    retry_after: seconds after which it may work again, if the cloud said so.
    subject: the resource or operation that failed, as it was last seen, if something was waited for.
    """

    def __init__(
        self,
        code: str,
        reason: str,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        request_id: str = "",
        metadata: Optional[Mapping[str, str]] = None,
        retry_after: Optional[float] = None,
        subject: Any = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.violations = tuple(violations)
        self.request_id = request_id
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after
        self.subject = subject

    def __str__(self) -> str:
        return f"{self.reason or self.code}: {self.message}"


def from_rpc(error: grpc.RpcError, request_id: str) -> CloudError:
    """Reads code, message and google.rpc details."""
    code = error.code().name
    info, violations, retry_after = error_details_pb2.ErrorInfo(), [], None
    for detail in _details(error):
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            found = _unpacked(detail, error_details_pb2.BadRequest())
            violations = [Violation(each.field, each.description) for each in found.field_violations]
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            delay = _unpacked(detail, error_details_pb2.RetryInfo()).retry_delay
            retry_after = delay.seconds + delay.nanos / 1e9
    return CloudError(
        code,
        info.reason or code,
        error.details() or f"The call failed: {code}.",
        violations=violations,
        request_id=request_id,
        metadata=info.metadata,
        retry_after=retry_after,
    )


def _details(error: grpc.RpcError) -> Sequence[Any]:
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS:
            try:
                return status_pb2.Status.FromString(value).details
            except DecodeError:
                return ()  # Not ours: something between us and the cloud wrote it.
    return ()


def _unpacked(detail: Any, message: Message) -> Any:
    detail.Unpack(message)
    return message
