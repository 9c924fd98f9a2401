"""The way in."""

from __future__ import annotations

from typing import Any, Union

import grpc

from ._config import settings
from ._retry import RetryPolicy
from ._transport import DEFAULT_TIMEOUT, Transport
from .resources import Resources

#: What an answer may have at most.
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class Cloud(Resources):
    """The Cloud, as one caller sees it: ``cloud.instances``, ``cloud.images`` and so on.

    address: "host:port" of the gateway's gRPC, or a URL (http://… without TLS, https://… with it).
    api_key: for programs; belongs to one project.
    session_token: for people: what ``cloud.sessions.create`` answered.
    project: id of the project to work in; an API key knows its own.
    context: of the file that ``cloud login`` writes; the current one without it.
    tls: True, False, or the file of the certificate authority to trust. Without it TLS is used,
        except with an http:// URL or towards this machine.
    timeout: of a call with its retries, in seconds; streams have none unless one is given.
    retry: what is tried again, and when.

    What is not given comes from THECLOUD_GRPC_ADDRESS, THECLOUD_API_KEY and THECLOUD_PROJECT, then
    from the file (THECLOUD_CONFIG, else ~/.config/thecloud/config.yaml). May be used by many threads.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        api_key: str | None = None,
        session_token: str | None = None,
        project: str | None = None,
        context: str | None = None,
        tls: Union[bool, str, None] = None,
        timeout: float = DEFAULT_TIMEOUT,
        retry: RetryPolicy = RetryPolicy(),
    ) -> None:
        found = settings(
            address, api_key=api_key, session_token=session_token, project=project, context=context
        )
        self.address = found.address
        metadata = []
        if found.api_key:
            metadata.append(("x-api-key", found.api_key))
        elif found.session_token:
            metadata.append(("authorization", f"Bearer {found.session_token}"))
        if found.project:
            metadata.append(("x-project-id", found.project))
        channel = _channel(found.address, found.secure if tls is None else tls)
        self._transport = Transport(channel, metadata, timeout, retry)
        super().__init__(self._transport)

    def close(self) -> None:
        """Ends every call and the connection."""
        self._transport.close()

    def __enter__(self) -> Cloud:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Cloud at {self.address}>"


def _channel(address: str, tls: Union[bool, str]) -> grpc.Channel:
    options = [
        ("grpc.max_receive_message_length", MAX_ANSWER_BYTES),
        ("grpc.primary_user_agent", "thecloud-python"),
    ]
    if tls is False:
        return grpc.insecure_channel(address, options)
    authority = None
    if isinstance(tls, str):
        with open(tls, "rb") as file:
            authority = file.read()
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(authority), options)
