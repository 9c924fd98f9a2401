import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from thecloud.common.v1 import resource_pb2 as _resource_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Host(_message.Message):
    __slots__ = ("metadata", "spec", "status")
    METADATA_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    metadata: _resource_pb2.ResourceMetadata
    spec: HostSpec
    status: HostStatus
    def __init__(self, metadata: _Optional[_Union[_resource_pb2.ResourceMetadata, _Mapping]] = ..., spec: _Optional[_Union[HostSpec, _Mapping]] = ..., status: _Optional[_Union[HostStatus, _Mapping]] = ...) -> None: ...

class HostSpec(_message.Message):
    __slots__ = ("cordoned",)
    CORDONED_FIELD_NUMBER: _ClassVar[int]
    cordoned: bool
    def __init__(self, cordoned: bool = ...) -> None: ...

class HostStatus(_message.Message):
    __slots__ = ("state", "reason", "message", "inventory", "allocated_vcpus", "allocated_memory_mib", "instance_count", "last_seen_at", "clock_offset_ms", "certificate_ends_at", "allocated_cpu_millicores")
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_FIELD_NUMBER: _ClassVar[int]
    ALLOCATED_VCPUS_FIELD_NUMBER: _ClassVar[int]
    ALLOCATED_MEMORY_MIB_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_SEEN_AT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_OFFSET_MS_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    ALLOCATED_CPU_MILLICORES_FIELD_NUMBER: _ClassVar[int]
    state: str
    reason: str
    message: str
    inventory: HostInventory
    allocated_vcpus: int
    allocated_memory_mib: int
    instance_count: int
    last_seen_at: _timestamp_pb2.Timestamp
    clock_offset_ms: int
    certificate_ends_at: _timestamp_pb2.Timestamp
    allocated_cpu_millicores: int
    def __init__(self, state: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., inventory: _Optional[_Union[HostInventory, _Mapping]] = ..., allocated_vcpus: _Optional[int] = ..., allocated_memory_mib: _Optional[int] = ..., instance_count: _Optional[int] = ..., last_seen_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., clock_offset_ms: _Optional[int] = ..., certificate_ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., allocated_cpu_millicores: _Optional[int] = ...) -> None: ...

class HostInventory(_message.Message):
    __slots__ = ("hostname", "address", "agent_endpoint", "agent_version", "driver", "driver_version", "vcpus", "memory_mib", "kernel", "architecture", "cpu_millicores")
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    AGENT_ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    AGENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    DRIVER_FIELD_NUMBER: _ClassVar[int]
    DRIVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    VCPUS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_MIB_FIELD_NUMBER: _ClassVar[int]
    KERNEL_FIELD_NUMBER: _ClassVar[int]
    ARCHITECTURE_FIELD_NUMBER: _ClassVar[int]
    CPU_MILLICORES_FIELD_NUMBER: _ClassVar[int]
    hostname: str
    address: str
    agent_endpoint: str
    agent_version: str
    driver: str
    driver_version: str
    vcpus: int
    memory_mib: int
    kernel: str
    architecture: str
    cpu_millicores: int
    def __init__(self, hostname: _Optional[str] = ..., address: _Optional[str] = ..., agent_endpoint: _Optional[str] = ..., agent_version: _Optional[str] = ..., driver: _Optional[str] = ..., driver_version: _Optional[str] = ..., vcpus: _Optional[int] = ..., memory_mib: _Optional[int] = ..., kernel: _Optional[str] = ..., architecture: _Optional[str] = ..., cpu_millicores: _Optional[int] = ...) -> None: ...
