"""A gRPC server that answers from a script, over a real socket: what a cloud does only on a bad day."""

from __future__ import annotations

from concurrent import futures
from typing import Any, Callable, List, Optional

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2

SERVICE = "thecloud.compute.v1.InstanceService"


class Refusal(Exception):
    """An answer with google.rpc details, as the cloud's services make it."""

    def __init__(self, code: grpc.StatusCode, reason: str, message: str, *details: Any) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        info = error_details_pb2.ErrorInfo(reason=reason, domain="test", metadata={"id": "1"})
        packed = [AnyMessage(), *(AnyMessage() for _ in details)]
        for target, detail in zip(packed, (info, *details)):
            target.Pack(detail)
        self.status = status_pb2.Status(code=code.value[0], message=message, details=packed)


def again_after(seconds: float) -> error_details_pb2.RetryInfo:
    delay = Duration()
    delay.FromNanoseconds(int(seconds * 1e9))
    return error_details_pb2.RetryInfo(retry_delay=delay)


class Scripted(grpc.GenericRpcHandler):
    """answer(method, requests, metadata) gives the answers of a call, or raises how it fails."""

    def __init__(self, answer: Callable[[str, Any, dict], Any]) -> None:
        self.calls: List[dict] = []
        self._answer = answer
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers((self,))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def service(self, details: Any) -> Optional[grpc.RpcMethodHandler]:
        metadata = dict(details.invocation_metadata)
        method = details.method.rsplit("/", 1)[1]

        def handle(requests: Any, context: grpc.ServicerContext) -> Any:
            self.calls.append({"method": method, **metadata})
            try:
                for answer in self._answer(method, requests, metadata):
                    yield answer.SerializeToString()
            except Refusal as refusal:
                trailing = (("grpc-status-details-bin", refusal.status.SerializeToString()),)
                context.set_trailing_metadata(trailing)
                context.abort(refusal.code, refusal.message)

        return grpc.stream_stream_rpc_method_handler(handle)

    def close(self) -> None:
        self._server.stop(0).wait()
