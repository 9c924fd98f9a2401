from thecloud.compute.v1 import instance_type_pb2 as _instance_type_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListInstanceTypesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListInstanceTypesResponse(_message.Message):
    __slots__ = ("instance_types",)
    INSTANCE_TYPES_FIELD_NUMBER: _ClassVar[int]
    instance_types: _containers.RepeatedCompositeFieldContainer[_instance_type_pb2.InstanceType]
    def __init__(self, instance_types: _Optional[_Iterable[_Union[_instance_type_pb2.InstanceType, _Mapping]]] = ...) -> None: ...

class GetInstanceTypeRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...
