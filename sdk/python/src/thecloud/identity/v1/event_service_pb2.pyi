from thecloud.identity.v1 import event_pb2 as _event_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class WatchEventsRequest(_message.Message):
    __slots__ = ("after", "type", "subject")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    after: str
    type: _containers.RepeatedScalarFieldContainer[str]
    subject: str
    def __init__(self, after: _Optional[str] = ..., type: _Optional[_Iterable[str]] = ..., subject: _Optional[str] = ...) -> None: ...
