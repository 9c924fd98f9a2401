# Generated from proto/ by scripts/generate-sdks.sh. DO NOT EDIT.
"""Every message of the API: requests, answers and what they are made of."""

from thecloud.identity.v1.project_service_pb2 import AddMemberRequest as AddMemberRequest
from thecloud.identity.v1.api_key_pb2 import ApiKey as ApiKey
from thecloud.identity.v1.user_service_pb2 import ChangePasswordRequest as ChangePasswordRequest
from thecloud.identity.v1.user_service_pb2 import ChangePasswordResponse as ChangePasswordResponse
from thecloud.compute.v1.image_service_pb2 import CopyImageRequest as CopyImageRequest
from thecloud.compute.v1.host_service_pb2 import CordonHostRequest as CordonHostRequest
from thecloud.compute.v1.instance_stats_pb2 import CpuStats as CpuStats
from thecloud.identity.v1.api_key_service_pb2 import CreateApiKeyRequest as CreateApiKeyRequest
from thecloud.compute.v1.host_service_pb2 import CreateHostRequest as CreateHostRequest
from thecloud.compute.v1.host_service_pb2 import CreateHostResponse as CreateHostResponse
from thecloud.compute.v1.image_service_pb2 import CreateImageRequest as CreateImageRequest
from thecloud.compute.v1.instance_service_pb2 import CreateInstanceRequest as CreateInstanceRequest
from thecloud.identity.v1.project_service_pb2 import CreateProjectRequest as CreateProjectRequest
from thecloud.identity.v1.session_service_pb2 import CreateSessionRequest as CreateSessionRequest
from thecloud.identity.v1.user_service_pb2 import CreateUserRequest as CreateUserRequest
from thecloud.identity.v1.api_key_service_pb2 import DeleteApiKeyRequest as DeleteApiKeyRequest
from thecloud.identity.v1.session_service_pb2 import DeleteCurrentSessionRequest as DeleteCurrentSessionRequest
from thecloud.identity.v1.session_service_pb2 import DeleteCurrentSessionResponse as DeleteCurrentSessionResponse
from thecloud.compute.v1.host_service_pb2 import DeleteHostRequest as DeleteHostRequest
from thecloud.compute.v1.image_service_pb2 import DeleteImageRequest as DeleteImageRequest
from thecloud.compute.v1.instance_service_pb2 import DeleteInstanceRequest as DeleteInstanceRequest
from thecloud.compute.v1.project_deletion_service_pb2 import DeleteProjectRequest as DeleteProjectRequest
from thecloud.compute.v1.project_deletion_service_pb2 import DeleteProjectResponse as DeleteProjectResponse
from thecloud.compute.v1.ssh_key_service_pb2 import DeleteSshKeyRequest as DeleteSshKeyRequest
from thecloud.identity.v1.user_service_pb2 import DeleteUserRequest as DeleteUserRequest
from thecloud.identity.v1.user_service_pb2 import DisableUserRequest as DisableUserRequest
from thecloud.identity.v1.user_service_pb2 import EnableUserRequest as EnableUserRequest
from thecloud.identity.v1.event_pb2 import Event as Event
from thecloud.compute.v1.instance_exec_pb2 import ExecInstanceRequest as ExecInstanceRequest
from thecloud.compute.v1.instance_exec_pb2 import ExecInstanceResponse as ExecInstanceResponse
from thecloud.compute.v1.instance_exec_pb2 import ExecStart as ExecStart
from thecloud.compute.v1.instance_files_pb2 import FileChunk as FileChunk
from thecloud.identity.v1.api_key_service_pb2 import GetApiKeyRequest as GetApiKeyRequest
from thecloud.identity.v1.user_service_pb2 import GetCurrentUserRequest as GetCurrentUserRequest
from thecloud.compute.v1.host_service_pb2 import GetHostRequest as GetHostRequest
from thecloud.compute.v1.image_service_pb2 import GetImageRequest as GetImageRequest
from thecloud.compute.v1.instance_files_pb2 import GetInstanceFileRequest as GetInstanceFileRequest
from thecloud.compute.v1.instance_service_pb2 import GetInstanceRequest as GetInstanceRequest
from thecloud.compute.v1.instance_stats_pb2 import GetInstanceStatsRequest as GetInstanceStatsRequest
from thecloud.compute.v1.instance_type_service_pb2 import GetInstanceTypeRequest as GetInstanceTypeRequest
from thecloud.common.v1.operation_service_pb2 import GetOperationRequest as GetOperationRequest
from thecloud.identity.v1.project_service_pb2 import GetProjectRequest as GetProjectRequest
from thecloud.compute.v1.ssh_key_service_pb2 import GetSshKeyRequest as GetSshKeyRequest
from thecloud.identity.v1.user_service_pb2 import GetUserRequest as GetUserRequest
from thecloud.identity.v1.user_service_pb2 import GrantAdministratorRequest as GrantAdministratorRequest
from thecloud.compute.v1.host_pb2 import Host as Host
from thecloud.compute.v1.host_pb2 import HostInventory as HostInventory
from thecloud.compute.v1.host_pb2 import HostSpec as HostSpec
from thecloud.compute.v1.host_pb2 import HostStatus as HostStatus
from thecloud.compute.v1.image_pb2 import Image as Image
from thecloud.compute.v1.image_pb2 import ImageSpec as ImageSpec
from thecloud.compute.v1.image_pb2 import ImageStatus as ImageStatus
from thecloud.compute.v1.ssh_key_service_pb2 import ImportSshKeyRequest as ImportSshKeyRequest
from thecloud.compute.v1.instance_pb2 import Instance as Instance
from thecloud.compute.v1.instance_service_pb2 import InstanceChanges as InstanceChanges
from thecloud.compute.v1.instance_files_pb2 import InstanceFile as InstanceFile
from thecloud.compute.v1.instance_pb2 import InstancePort as InstancePort
from thecloud.compute.v1.instance_pb2 import InstanceSpec as InstanceSpec
from thecloud.compute.v1.instance_stats_pb2 import InstanceStats as InstanceStats
from thecloud.compute.v1.instance_pb2 import InstanceStatus as InstanceStatus
from thecloud.compute.v1.instance_type_pb2 import InstanceType as InstanceType
from thecloud.identity.v1.project_service_pb2 import LeaveProjectRequest as LeaveProjectRequest
from thecloud.identity.v1.project_service_pb2 import LeaveProjectResponse as LeaveProjectResponse
from thecloud.identity.v1.api_key_service_pb2 import ListApiKeysRequest as ListApiKeysRequest
from thecloud.identity.v1.api_key_service_pb2 import ListApiKeysResponse as ListApiKeysResponse
from thecloud.compute.v1.host_service_pb2 import ListHostInstancesRequest as ListHostInstancesRequest
from thecloud.compute.v1.host_service_pb2 import ListHostInstancesResponse as ListHostInstancesResponse
from thecloud.compute.v1.host_service_pb2 import ListHostsRequest as ListHostsRequest
from thecloud.compute.v1.host_service_pb2 import ListHostsResponse as ListHostsResponse
from thecloud.compute.v1.image_service_pb2 import ListImagesRequest as ListImagesRequest
from thecloud.compute.v1.image_service_pb2 import ListImagesResponse as ListImagesResponse
from thecloud.compute.v1.instance_type_service_pb2 import ListInstanceTypesRequest as ListInstanceTypesRequest
from thecloud.compute.v1.instance_type_service_pb2 import ListInstanceTypesResponse as ListInstanceTypesResponse
from thecloud.compute.v1.instance_service_pb2 import ListInstancesRequest as ListInstancesRequest
from thecloud.compute.v1.instance_service_pb2 import ListInstancesResponse as ListInstancesResponse
from thecloud.identity.v1.project_service_pb2 import ListMembersRequest as ListMembersRequest
from thecloud.identity.v1.project_service_pb2 import ListMembersResponse as ListMembersResponse
from thecloud.common.v1.operation_service_pb2 import ListOperationsRequest as ListOperationsRequest
from thecloud.common.v1.operation_service_pb2 import ListOperationsResponse as ListOperationsResponse
from thecloud.identity.v1.project_service_pb2 import ListProjectsRequest as ListProjectsRequest
from thecloud.identity.v1.project_service_pb2 import ListProjectsResponse as ListProjectsResponse
from thecloud.compute.v1.ssh_key_service_pb2 import ListSshKeysRequest as ListSshKeysRequest
from thecloud.compute.v1.ssh_key_service_pb2 import ListSshKeysResponse as ListSshKeysResponse
from thecloud.identity.v1.user_service_pb2 import ListUsersRequest as ListUsersRequest
from thecloud.identity.v1.user_service_pb2 import ListUsersResponse as ListUsersResponse
from thecloud.compute.v1.instance_logs_pb2 import LogChunk as LogChunk
from thecloud.identity.v1.project_pb2 import Member as Member
from thecloud.compute.v1.instance_stats_pb2 import MemoryStats as MemoryStats
from thecloud.compute.v1.instance_stats_pb2 import NetworkStats as NetworkStats
from thecloud.identity.v1.user_service_pb2 import OneTimePassword as OneTimePassword
from thecloud.common.v1.operation_pb2 import Operation as Operation
from thecloud.common.v1.operation_pb2 import OperationError as OperationError
from thecloud.common.v1.operation_pb2 import OperationStep as OperationStep
from thecloud.compute.v1.instance_stats_pb2 import PidsStats as PidsStats
from thecloud.identity.v1.project_pb2 import Project as Project
from thecloud.compute.v1.instance_pb2 import PublishedPort as PublishedPort
from thecloud.compute.v1.instance_files_pb2 import ReadInstanceFilesRequest as ReadInstanceFilesRequest
from thecloud.compute.v1.instance_logs_pb2 import ReadInstanceLogsRequest as ReadInstanceLogsRequest
from thecloud.identity.v1.user_service_pb2 import RegisterUserRequest as RegisterUserRequest
from thecloud.identity.v1.project_service_pb2 import RemoveMemberRequest as RemoveMemberRequest
from thecloud.identity.v1.project_service_pb2 import RemoveMemberResponse as RemoveMemberResponse
from thecloud.compute.v1.ssh_key_service_pb2 import RenameSshKeyRequest as RenameSshKeyRequest
from thecloud.identity.v1.user_service_pb2 import ResetUserPasswordRequest as ResetUserPasswordRequest
from thecloud.common.v1.resource_pb2 import ResourceMetadata as ResourceMetadata
from thecloud.common.v1.resource_pb2 import ResourceOwner as ResourceOwner
from thecloud.compute.v1.instance_service_pb2 import RestartInstanceRequest as RestartInstanceRequest
from thecloud.identity.v1.user_service_pb2 import RevokeAdministratorRequest as RevokeAdministratorRequest
from thecloud.compute.v1.instance_exec_pb2 import RunInstanceCommandRequest as RunInstanceCommandRequest
from thecloud.compute.v1.instance_exec_pb2 import RunInstanceCommandResponse as RunInstanceCommandResponse
from thecloud.identity.v1.session_service_pb2 import Session as Session
from thecloud.compute.v1.image_service_pb2 import ShareImageRequest as ShareImageRequest
from thecloud.compute.v1.ssh_key_pb2 import SshKey as SshKey
from thecloud.compute.v1.instance_service_pb2 import StartInstanceRequest as StartInstanceRequest
from thecloud.compute.v1.instance_service_pb2 import StopInstanceRequest as StopInstanceRequest
from thecloud.compute.v1.instance_exec_pb2 import TerminalSize as TerminalSize
from thecloud.compute.v1.host_service_pb2 import UncordonHostRequest as UncordonHostRequest
from thecloud.compute.v1.image_service_pb2 import UnshareImageRequest as UnshareImageRequest
from thecloud.compute.v1.instance_service_pb2 import UpdateInstanceRequest as UpdateInstanceRequest
from thecloud.identity.v1.project_service_pb2 import UpdateMemberRequest as UpdateMemberRequest
from thecloud.identity.v1.project_service_pb2 import UpdateProjectRequest as UpdateProjectRequest
from thecloud.compute.v1.image_service_pb2 import UploadImageRequest as UploadImageRequest
from thecloud.identity.v1.user_pb2 import User as User
from thecloud.common.v1.operation_service_pb2 import WaitOperationRequest as WaitOperationRequest
from thecloud.identity.v1.event_service_pb2 import WatchEventsRequest as WatchEventsRequest
from thecloud.compute.v1.host_service_pb2 import WatchHostRequest as WatchHostRequest
from thecloud.compute.v1.host_service_pb2 import WatchHostsRequest as WatchHostsRequest
from thecloud.compute.v1.image_service_pb2 import WatchImageRequest as WatchImageRequest
from thecloud.compute.v1.image_service_pb2 import WatchImagesRequest as WatchImagesRequest
from thecloud.compute.v1.instance_service_pb2 import WatchInstanceRequest as WatchInstanceRequest
from thecloud.compute.v1.instance_stats_pb2 import WatchInstanceStatsRequest as WatchInstanceStatsRequest
from thecloud.compute.v1.instance_service_pb2 import WatchInstancesRequest as WatchInstancesRequest
from thecloud.common.v1.operation_service_pb2 import WatchOperationRequest as WatchOperationRequest
from thecloud.common.v1.operation_service_pb2 import WatchOperationsRequest as WatchOperationsRequest
from thecloud.compute.v1.instance_files_pb2 import WriteInstanceFilesRequest as WriteInstanceFilesRequest
from thecloud.compute.v1.instance_files_pb2 import WriteInstanceFilesResponse as WriteInstanceFilesResponse

__all__ = [
    "AddMemberRequest",
    "ApiKey",
    "ChangePasswordRequest",
    "ChangePasswordResponse",
    "CopyImageRequest",
    "CordonHostRequest",
    "CpuStats",
    "CreateApiKeyRequest",
    "CreateHostRequest",
    "CreateHostResponse",
    "CreateImageRequest",
    "CreateInstanceRequest",
    "CreateProjectRequest",
    "CreateSessionRequest",
    "CreateUserRequest",
    "DeleteApiKeyRequest",
    "DeleteCurrentSessionRequest",
    "DeleteCurrentSessionResponse",
    "DeleteHostRequest",
    "DeleteImageRequest",
    "DeleteInstanceRequest",
    "DeleteProjectRequest",
    "DeleteProjectResponse",
    "DeleteSshKeyRequest",
    "DeleteUserRequest",
    "DisableUserRequest",
    "EnableUserRequest",
    "Event",
    "ExecInstanceRequest",
    "ExecInstanceResponse",
    "ExecStart",
    "FileChunk",
    "GetApiKeyRequest",
    "GetCurrentUserRequest",
    "GetHostRequest",
    "GetImageRequest",
    "GetInstanceFileRequest",
    "GetInstanceRequest",
    "GetInstanceStatsRequest",
    "GetInstanceTypeRequest",
    "GetOperationRequest",
    "GetProjectRequest",
    "GetSshKeyRequest",
    "GetUserRequest",
    "GrantAdministratorRequest",
    "Host",
    "HostInventory",
    "HostSpec",
    "HostStatus",
    "Image",
    "ImageSpec",
    "ImageStatus",
    "ImportSshKeyRequest",
    "Instance",
    "InstanceChanges",
    "InstanceFile",
    "InstancePort",
    "InstanceSpec",
    "InstanceStats",
    "InstanceStatus",
    "InstanceType",
    "LeaveProjectRequest",
    "LeaveProjectResponse",
    "ListApiKeysRequest",
    "ListApiKeysResponse",
    "ListHostInstancesRequest",
    "ListHostInstancesResponse",
    "ListHostsRequest",
    "ListHostsResponse",
    "ListImagesRequest",
    "ListImagesResponse",
    "ListInstanceTypesRequest",
    "ListInstanceTypesResponse",
    "ListInstancesRequest",
    "ListInstancesResponse",
    "ListMembersRequest",
    "ListMembersResponse",
    "ListOperationsRequest",
    "ListOperationsResponse",
    "ListProjectsRequest",
    "ListProjectsResponse",
    "ListSshKeysRequest",
    "ListSshKeysResponse",
    "ListUsersRequest",
    "ListUsersResponse",
    "LogChunk",
    "Member",
    "MemoryStats",
    "NetworkStats",
    "OneTimePassword",
    "Operation",
    "OperationError",
    "OperationStep",
    "PidsStats",
    "Project",
    "PublishedPort",
    "ReadInstanceFilesRequest",
    "ReadInstanceLogsRequest",
    "RegisterUserRequest",
    "RemoveMemberRequest",
    "RemoveMemberResponse",
    "RenameSshKeyRequest",
    "ResetUserPasswordRequest",
    "ResourceMetadata",
    "ResourceOwner",
    "RestartInstanceRequest",
    "RevokeAdministratorRequest",
    "RunInstanceCommandRequest",
    "RunInstanceCommandResponse",
    "Session",
    "ShareImageRequest",
    "SshKey",
    "StartInstanceRequest",
    "StopInstanceRequest",
    "TerminalSize",
    "UncordonHostRequest",
    "UnshareImageRequest",
    "UpdateInstanceRequest",
    "UpdateMemberRequest",
    "UpdateProjectRequest",
    "UploadImageRequest",
    "User",
    "WaitOperationRequest",
    "WatchEventsRequest",
    "WatchHostRequest",
    "WatchHostsRequest",
    "WatchImageRequest",
    "WatchImagesRequest",
    "WatchInstanceRequest",
    "WatchInstanceStatsRequest",
    "WatchInstancesRequest",
    "WatchOperationRequest",
    "WatchOperationsRequest",
    "WriteInstanceFilesRequest",
    "WriteInstanceFilesResponse",
]
