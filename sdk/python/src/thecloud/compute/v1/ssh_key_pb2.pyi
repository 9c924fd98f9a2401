from thecloud.common.v1 import resource_pb2 as _resource_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SshKey(_message.Message):
    __slots__ = ("metadata", "public_key", "type", "fingerprint")
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    metadata: _resource_pb2.ResourceMetadata
    public_key: str
    type: str
    fingerprint: str
    def __init__(self, metadata: _Optional[_Union[_resource_pb2.ResourceMetadata, _Mapping]] = ..., public_key: _Optional[str] = ..., type: _Optional[str] = ..., fingerprint: _Optional[str] = ...) -> None: ...
