# Generated from proto/ by scripts/generate-sdks.sh. DO NOT EDIT.
"""The API's resources: one method a thing that can be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable, Mapping, Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from . import types as T
from ._exec import ProgramResource
from ._pages import Pages
from ._request import Data, build
from ._resource import Resource
from ._stream import Stream
from ._transport import Transport
from ._wait import OperationResource, StatefulResource


class ApiKeys(Resource):
    """API keys of the current project."""

    def create(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        role: str | None = None,
        expires_at: Timestamp | datetime | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.ApiKey:
        """Makes a key. Its secret is in this answer and never again.

        name: Lower-case letters, digits and hyphens; unique among the project's live keys.
        role: Empty: developer.
        expires_at: Must lie in the future.
        """
        request = build(T.CreateApiKeyRequest, name=name, labels=labels, role=role, expires_at=expires_at)
        return self._unary("/thecloud.identity.v1.ApiKeyService/CreateApiKey", request, T.ApiKey, "keyed", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        name: str | None = None,
        label: Sequence[str] | None = None,
        role: str | None = None,
        state: str | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.ApiKey, T.ListApiKeysResponse]:
        """
        label: "key=value"; all must match.
        state: active, or expired; revoked keys are never listed.
        """
        request = build(T.ListApiKeysRequest, page_size=page_size, page_token=page_token, name=name, label=label, role=role, state=state, name_prefix=name_prefix)
        return self._pages("/thecloud.identity.v1.ApiKeyService/ListApiKeys", request, T.ListApiKeysResponse, "api_keys", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.ApiKey:
        request = build(T.GetApiKeyRequest, id=id)
        return self._unary("/thecloud.identity.v1.ApiKeyService/GetApiKey", request, T.ApiKey, "read", timeout, None)

    def delete(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.ApiKey:
        """Revokes a key everywhere within 5 seconds, for good; a stream that is open ends within
        35."""
        request = build(T.DeleteApiKeyRequest, id=id)
        return self._unary("/thecloud.identity.v1.ApiKeyService/DeleteApiKey", request, T.ApiKey, "keyed", timeout, idempotency_key)


class Events(Resource):
    """What happens in the current project; for administrators of the installation also to its
    hosts."""

    def watch(
        self,
        *,
        after: str | None = None,
        type: Sequence[str] | None = None,
        subject: str | None = None,
        timeout: float | None = None,
    ) -> Stream[T.Event]:
        """Every event from now on, or after the one named by `after`: none is left out and none
        comes twice to a reader who comes back with the last id seen. A reader who does not keep up
        is cut off (EVENTS_TOO_SLOW) and goes on in the same way. An id that is no longer kept
        answers EVENTS_EXPIRED: list the resources, then watch from now on.

        after: Id of the last event seen; empty: from now on.
        type: Only types that begin with one of these: "thecloud.instance.".
        subject: Only about this resource: its id.
        """
        request = build(T.WatchEventsRequest, after=after, type=type, subject=subject)
        return self._stream("/thecloud.identity.v1.EventService/WatchEvents", request, T.Event, "after", timeout)


class Hosts(StatefulResource[T.Host]):
    """Hosts, for administrators of the installation."""

    def create(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.CreateHostResponse:
        """Announces a host and answers with the join token its agent starts with. One that has not
        joined 24 hours after it was last announced is removed.

        name: Unique among hosts; announcing the same name again answers with the same host and a
            new join token.
        """
        request = build(T.CreateHostRequest, name=name, labels=labels)
        return self._unary("/thecloud.compute.v1.HostService/CreateHost", request, T.CreateHostResponse, "once", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        state: str | None = None,
        name: str | None = None,
        name_prefix: str | None = None,
        label: Sequence[str] | None = None,
        cordoned: bool | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Host, T.ListHostsResponse]:
        """
        label: "key=value"; all must match.
        """
        request = build(T.ListHostsRequest, page_size=page_size, page_token=page_token, state=state, name=name, name_prefix=name_prefix, label=label, cordoned=cordoned)
        return self._pages("/thecloud.compute.v1.HostService/ListHosts", request, T.ListHostsResponse, "hosts", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.Host:
        request = build(T.GetHostRequest, id=id)
        return self._unary("/thecloud.compute.v1.HostService/GetHost", request, T.Host, "read", timeout, None)

    def list_instances(
        self,
        id: str,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        state: str | None = None,
        name: str | None = None,
        name_prefix: str | None = None,
        label: Sequence[str] | None = None,
        project_id: str | None = None,
        type: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Instance, T.ListHostInstancesResponse]:
        """All that is placed on a host, of whatever project, newest first. What tenants may keep
        secret is left out: entrypoint, command, values of env, and what the program printed (see
        status.hidden_fields).

        label: "key=value"; all must match.
        project_id: Only those of this project.
        type: An instance type's name.
        """
        request = build(T.ListHostInstancesRequest, id=id, page_size=page_size, page_token=page_token, state=state, name=name, name_prefix=name_prefix, label=label, project_id=project_id, type=type)
        return self._pages("/thecloud.compute.v1.HostService/ListHostInstances", request, T.ListHostInstancesResponse, "instances", timeout)

    def cordon(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Host:
        """Places nothing new here; what runs goes on."""
        request = build(T.CordonHostRequest, id=id)
        return self._unary("/thecloud.compute.v1.HostService/CordonHost", request, T.Host, "keyed", timeout, idempotency_key)

    def uncordon(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Host:
        request = build(T.UncordonHostRequest, id=id)
        return self._unary("/thecloud.compute.v1.HostService/UncordonHost", request, T.Host, "keyed", timeout, idempotency_key)

    def delete(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Host:
        """Removes a host for good: its agent's reports are refused and its certificate is not
        renewed. Refused while it carries instances."""
        request = build(T.DeleteHostRequest, id=id)
        return self._unary("/thecloud.compute.v1.HostService/DeleteHost", request, T.Host, "keyed", timeout, idempotency_key)

    def watch(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> Stream[T.Host]:
        """The host as it is, and again after each change. How much of it is promised is as of that
        change."""
        request = build(T.WatchHostRequest, id=id)
        return self._stream("/thecloud.compute.v1.HostService/WatchHost", request, T.Host, "again", timeout)

    def watch_all(
        self,
        *,
        state: str | None = None,
        name: str | None = None,
        name_prefix: str | None = None,
        label: Sequence[str] | None = None,
        cordoned: bool | None = None,
        timeout: float | None = None,
    ) -> Stream[T.Host]:
        """Those that match as they are, newest first, and again after each change. One that no
        longer matches comes once more as it then is.

        label: "key=value"; all must match.
        """
        request = build(T.WatchHostsRequest, state=state, name=name, name_prefix=name_prefix, label=label, cordoned=cordoned)
        return self._stream("/thecloud.compute.v1.HostService/WatchHosts", request, T.Host, "again", timeout)


class Images(StatefulResource[T.Image]):
    """Images of the current project, and those that the operator shares with all."""

    def create(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        spec: T.ImageSpec | Mapping[str, Any],
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Copies an image from a registry. Returns at once (202): watch status.state, or the
        operation.

        spec: ImageSpec, or a mapping with source.
        """
        request = build(T.CreateImageRequest, name=name, labels=labels, spec=spec)
        return self._unary("/thecloud.compute.v1.ImageService/CreateImage", request, T.Image, "keyed", timeout, idempotency_key)

    def upload(
        self,
        data: Data,
        *,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Makes an image from a tarball: a root file system, a `docker save` or an OCI archive;
        compressed by gzip or zstd, or not. Over HTTP the body is the tarball itself
        (application/x-tar) and the parameters stand in the query.

        command: For a root file system: what the image runs when an instance names no command.
        """
        request = build(T.UploadImageRequest, name=name, labels=labels, command=command)
        return self._upload("/thecloud.compute.v1.ImageService/UploadImage", request, data, "chunk", T.Image, timeout, idempotency_key)

    def copy(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        image_id: str,
        project_id: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Makes an image of this project out of one that is elsewhere: in another project, or
        shared by it. The copy is ready at once, takes no space for what the two have in common, and
        outlives the original.

        image_id: Id of the original, which must be ready.
        project_id: Id of its project; without it, the image is one of this project or a shared one.
            Another project takes a session of a user who may read images there: an API key belongs
            to one project.
        """
        request = build(T.CopyImageRequest, name=name, labels=labels, image_id=image_id, project_id=project_id)
        return self._unary("/thecloud.compute.v1.ImageService/CopyImage", request, T.Image, "keyed", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        name: str | None = None,
        state: str | None = None,
        label: Sequence[str] | None = None,
        shared: bool | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Image, T.ListImagesResponse]:
        """
        label: "key=value"; all must match.
        shared: Only those that the operator shares with all projects.
        """
        request = build(T.ListImagesRequest, page_size=page_size, page_token=page_token, name=name, state=state, label=label, shared=shared, name_prefix=name_prefix)
        return self._pages("/thecloud.compute.v1.ImageService/ListImages", request, T.ListImagesResponse, "images", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.Image:
        request = build(T.GetImageRequest, id=id)
        return self._unary("/thecloud.compute.v1.ImageService/GetImage", request, T.Image, "read", timeout, None)

    def watch(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> Stream[T.Image]:
        """The image as it is, and again after each change, until it is deleted (status.state is
        then "deleted")."""
        request = build(T.WatchImageRequest, id=id)
        return self._stream("/thecloud.compute.v1.ImageService/WatchImage", request, T.Image, "again", timeout)

    def watch_all(
        self,
        *,
        name: str | None = None,
        state: str | None = None,
        label: Sequence[str] | None = None,
        shared: bool | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Stream[T.Image]:
        """Those that match as they are, newest first, and again after each change; a deleted one
        comes with status.state "deleted".

        label: "key=value"; all must match.
        shared: Only those that the operator shares with all projects.
        """
        request = build(T.WatchImagesRequest, name=name, state=state, label=label, shared=shared, name_prefix=name_prefix)
        return self._stream("/thecloud.compute.v1.ImageService/WatchImages", request, T.Image, "again", timeout)

    def delete(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Deletes an image that no instance uses."""
        request = build(T.DeleteImageRequest, id=id)
        return self._unary("/thecloud.compute.v1.ImageService/DeleteImage", request, T.Image, "keyed", timeout, idempotency_key)

    def share(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Shares a ready image with all projects, under its name. For administrators."""
        request = build(T.ShareImageRequest, id=id)
        return self._unary("/thecloud.compute.v1.ImageService/ShareImage", request, T.Image, "keyed", timeout, idempotency_key)

    def unshare(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Image:
        """Ends that; instances that use it run on. For administrators."""
        request = build(T.UnshareImageRequest, id=id)
        return self._unary("/thecloud.compute.v1.ImageService/UnshareImage", request, T.Image, "keyed", timeout, idempotency_key)


class InstanceTypes(Resource):
    """The catalogue of instance sizes."""

    def list(
        self,
        *,
        timeout: float | None = None,
    ) -> Pages[T.InstanceType, T.ListInstanceTypesResponse]:
        request = build(T.ListInstanceTypesRequest)
        return self._pages("/thecloud.compute.v1.InstanceTypeService/ListInstanceTypes", request, T.ListInstanceTypesResponse, "instance_types", timeout)

    def get(
        self,
        name: str,
        *,
        timeout: float | None = None,
    ) -> T.InstanceType:
        request = build(T.GetInstanceTypeRequest, name=name)
        return self._unary("/thecloud.compute.v1.InstanceTypeService/GetInstanceType", request, T.InstanceType, "read", timeout, None)


class Instances(ProgramResource[T.Instance]):
    """Instances of the current project."""

    def create(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        spec: T.InstanceSpec | Mapping[str, Any],
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        """Records the instance and answers at once (202): watch it, or its operation, for the
        outcome.

        spec: InstanceSpec, or a mapping with type, image, command, env, ports, restart_policy,
            on_host_loss, entrypoint.
        """
        request = build(T.CreateInstanceRequest, name=name, labels=labels, spec=spec)
        return self._unary("/thecloud.compute.v1.InstanceService/CreateInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.Instance:
        request = build(T.GetInstanceRequest, id=id)
        return self._unary("/thecloud.compute.v1.InstanceService/GetInstance", request, T.Instance, "read", timeout, None)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        state: str | None = None,
        name: str | None = None,
        label: Sequence[str] | None = None,
        host_id: str | None = None,
        type: str | None = None,
        image: str | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Instance, T.ListInstancesResponse]:
        """Newest first.

        label: "key=value"; all must match.
        type: An instance type's name.
        image: An image's id or name.
        """
        request = build(T.ListInstancesRequest, page_size=page_size, page_token=page_token, state=state, name=name, label=label, host_id=host_id, type=type, image=image, name_prefix=name_prefix)
        return self._pages("/thecloud.compute.v1.InstanceService/ListInstances", request, T.ListInstancesResponse, "instances", timeout)

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        spec: T.InstanceChanges | Mapping[str, Any] | None = None,
        update_mask: Sequence[str] | None = None,
        version: int | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        """Changes the fields that update_mask names (over HTTP: the fields in the body, unless it
        says otherwise). Id, name, host, and the ports that stay published are kept. A change of
        type, image, entrypoint, command, env or ports makes a new container: a running instance
        restarts, and ALL FILES THAT ITS PROGRAM WROTE ARE LOST, those in the image's volumes
        (VOLUME) as well. Labels, name, restart_policy and on_host_loss change in place.
        RESOURCE_EXHAUSTED HOST_TOO_FULL: a larger type does not fit on its host.

        spec: InstanceChanges, or a mapping with command, env, ports, restart_policy, on_host_loss,
            entrypoint, type, image.
        update_mask: Paths such as "labels" and "spec.env".
        version: Refuse unless the instance still has this metadata.version (over HTTP: If-Match).
            0: whatever it has.
        """
        request = build(T.UpdateInstanceRequest, id=id, name=name, labels=labels, spec=spec, update_mask=update_mask, version=version)
        return self._unary("/thecloud.compute.v1.InstanceService/UpdateInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def start(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        """Starts a stopped or failed instance; a running one stays as it is."""
        request = build(T.StartInstanceRequest, id=id)
        return self._unary("/thecloud.compute.v1.InstanceService/StartInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def stop(
        self,
        id: str,
        *,
        grace_seconds: int | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        """Asks the program to end (SIGTERM), and ends it after the grace.

        grace_seconds: Seconds between SIGTERM and SIGKILL; absent: 10.
        """
        request = build(T.StopInstanceRequest, id=id, grace_seconds=grace_seconds)
        return self._unary("/thecloud.compute.v1.InstanceService/StopInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def restart(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        request = build(T.RestartInstanceRequest, id=id)
        return self._unary("/thecloud.compute.v1.InstanceService/RestartInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def watch(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> Stream[T.Instance]:
        """The instance as it is, and again after each change, until it is deleted (status.state is
        then "deleted"). Quick changes may be seen as one; GET /v1/events has every one."""
        request = build(T.WatchInstanceRequest, id=id)
        return self._stream("/thecloud.compute.v1.InstanceService/WatchInstance", request, T.Instance, "again", timeout)

    def watch_all(
        self,
        *,
        state: str | None = None,
        name: str | None = None,
        label: Sequence[str] | None = None,
        host_id: str | None = None,
        type: str | None = None,
        image: str | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Stream[T.Instance]:
        """Those that match as they are, newest first, and again after each change. One that no
        longer matches comes once more as it then is; one that is deleted comes with status.state
        "deleted".

        label: "key=value"; all must match.
        type: An instance type's name.
        image: An image's id or name.
        """
        request = build(T.WatchInstancesRequest, state=state, name=name, label=label, host_id=host_id, type=type, image=image, name_prefix=name_prefix)
        return self._stream("/thecloud.compute.v1.InstanceService/WatchInstances", request, T.Instance, "again", timeout)

    def delete(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Instance:
        """Removes the instance and frees its name, ports and capacity. Deleting twice is deleting
        once."""
        request = build(T.DeleteInstanceRequest, id=id)
        return self._unary("/thecloud.compute.v1.InstanceService/DeleteInstance", request, T.Instance, "keyed", timeout, idempotency_key)

    def logs(
        self,
        id: str,
        *,
        tail: int | None = None,
        since: Timestamp | datetime | None = None,
        follow: bool | None = None,
        timestamps: bool | None = None,
        timeout: float | None = None,
    ) -> Stream[T.LogChunk]:
        """What the program wrote to its standard output and error: at most the last 30 MiB. A
        stopped instance has it, too.

        tail: Only the last so many lines; absent: all that is kept. 0, to follow: only what comes
            from now on.
        since: Only what was written at this time or later.
        follow: Goes on with what is written next, over restarts, until the instance is deleted or
            the caller goes.
        timestamps: Puts the time at which it was written before each line: RFC 3339, and a space.
        """
        request = build(T.ReadInstanceLogsRequest, id=id, tail=tail, since=since, follow=follow, timestamps=timestamps)
        return self._stream("/thecloud.compute.v1.InstanceService/ReadInstanceLogs", request, T.LogChunk, "never", timeout)

    def open_exec(
        self,
        requests: Iterable[T.ExecInstanceRequest],
        *,
        timeout: float | None = None,
    ) -> Stream[T.ExecInstanceResponse]:
        """Runs another program in a running instance, with its input and output, and a terminal if
        wanted. It is killed when the caller goes, and after an hour in which neither side sent
        anything."""
        return self._duplex("/thecloud.compute.v1.InstanceService/ExecInstance", requests, T.ExecInstanceRequest, T.ExecInstanceResponse, timeout)

    def run_command(
        self,
        id: str,
        *,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        working_dir: str | None = None,
        user: str | None = None,
        stdin: bytes | None = None,
        timeout_seconds: int | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.RunInstanceCommandResponse:
        """Runs another program in a running instance to its end, and answers with what it wrote.

        command: Program and arguments.
        env: Added to the instance's own.
        stdin: All of its standard input.
        timeout_seconds: Killed after so many seconds; 0: 30.
        """
        request = build(T.RunInstanceCommandRequest, id=id, command=command, env=env, working_dir=working_dir, user=user, stdin=stdin, timeout_seconds=timeout_seconds)
        return self._unary("/thecloud.compute.v1.InstanceService/RunInstanceCommand", request, T.RunInstanceCommandResponse, "once", timeout, idempotency_key)

    def get_file(
        self,
        id: str,
        *,
        path: str,
        timeout: float | None = None,
    ) -> T.InstanceFile:
        """What a path in an instance is. The instance may run or not; the same holds for the two
        below.

        path: Absolute.
        """
        request = build(T.GetInstanceFileRequest, id=id, path=path)
        return self._unary("/thecloud.compute.v1.InstanceService/GetInstanceFile", request, T.InstanceFile, "read", timeout, None)

    def read_files(
        self,
        id: str,
        *,
        path: str,
        timeout: float | None = None,
    ) -> Stream[T.FileChunk]:
        """A tar archive of a file, or of a directory and all that is in it. Over HTTP, ask for
        application/octet-stream.

        path: Absolute: a file, or a directory with all that is in it.
        """
        request = build(T.ReadInstanceFilesRequest, id=id, path=path)
        return self._stream("/thecloud.compute.v1.InstanceService/ReadInstanceFiles", request, T.FileChunk, "never", timeout)

    def write_files(
        self,
        id: str,
        data: Data,
        *,
        path: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.WriteInstanceFilesResponse:
        """Unpacks a tar archive into a directory of an instance. Over HTTP the body is the archive
        itself (application/x-tar) and the path stands in the query.

        path: Absolute: the directory into which the archive is unpacked.
        """
        request = build(T.WriteInstanceFilesRequest, id=id, path=path)
        return self._upload("/thecloud.compute.v1.InstanceService/WriteInstanceFiles", request, data, "chunk", T.WriteInstanceFilesResponse, timeout, idempotency_key)

    def stats(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.InstanceStats:
        """Of a running instance, measured now."""
        request = build(T.GetInstanceStatsRequest, id=id)
        return self._unary("/thecloud.compute.v1.InstanceService/GetInstanceStats", request, T.InstanceStats, "read", timeout, None)

    def watch_stats(
        self,
        id: str,
        *,
        interval_seconds: int | None = None,
        timeout: float | None = None,
    ) -> Stream[T.InstanceStats]:
        """Again and again, until the instance stops or the caller goes.

        interval_seconds: Between two answers; 0: 1.
        """
        request = build(T.WatchInstanceStatsRequest, id=id, interval_seconds=interval_seconds)
        return self._stream("/thecloud.compute.v1.InstanceService/WatchInstanceStats", request, T.InstanceStats, "again", timeout)


class Members(Resource):
    """Projects and who belongs to them."""

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        email: str | None = None,
        role: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Member, T.ListMembersResponse]:
        """The current project's members."""
        request = build(T.ListMembersRequest, page_size=page_size, page_token=page_token, email=email, role=role)
        return self._pages("/thecloud.identity.v1.ProjectService/ListMembers", request, T.ListMembersResponse, "members", timeout)

    def add(
        self,
        *,
        email: str,
        role: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Member:
        """Gives a registered user a role in the current project."""
        request = build(T.AddMemberRequest, email=email, role=role)
        return self._unary("/thecloud.identity.v1.ProjectService/AddMember", request, T.Member, "keyed", timeout, idempotency_key)

    def update(
        self,
        user_id: str,
        *,
        role: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Member:
        """Changes a member's role. Only owners make or unmake owners; the last owner stays."""
        request = build(T.UpdateMemberRequest, user_id=user_id, role=role)
        return self._unary("/thecloud.identity.v1.ProjectService/UpdateMember", request, T.Member, "keyed", timeout, idempotency_key)

    def remove(
        self,
        user_id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.RemoveMemberResponse:
        """Takes a user out of the current project."""
        request = build(T.RemoveMemberRequest, user_id=user_id)
        return self._unary("/thecloud.identity.v1.ProjectService/RemoveMember", request, T.RemoveMemberResponse, "keyed", timeout, idempotency_key)

    def leave_project(
        self,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.LeaveProjectResponse:
        """Takes the signed-in user out of the current project, whatever the role. The last owner
        stays."""
        request = build(T.LeaveProjectRequest)
        return self._unary("/thecloud.identity.v1.ProjectService/LeaveProject", request, T.LeaveProjectResponse, "keyed", timeout, idempotency_key)


class Operations(OperationResource):
    """Operations of the current project, in all services, newest first. Each service answers for
    its own; the gateway merges."""

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.Operation:
        request = build(T.GetOperationRequest, id=id)
        return self._unary("/thecloud.common.v1.OperationService/GetOperation", request, T.Operation, "read", timeout, None)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        resource: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Operation, T.ListOperationsResponse]:
        """
        resource: Only those on this resource: its id, or a name that it has or had.
        kind: "instance.create".
        """
        request = build(T.ListOperationsRequest, page_size=page_size, page_token=page_token, resource=resource, state=state, kind=kind)
        return self._pages("/thecloud.common.v1.OperationService/ListOperations", request, T.ListOperationsResponse, "operations", timeout)

    def poll(
        self,
        id: str,
        *,
        timeout_seconds: int | None = None,
        timeout: float | None = None,
    ) -> T.Operation:
        """Answers when the operation has ended, or after timeout_seconds with how far it got.

        timeout_seconds: 0: 30.
        """
        request = build(T.WaitOperationRequest, id=id, timeout_seconds=timeout_seconds)
        return self._unary("/thecloud.common.v1.OperationService/WaitOperation", request, T.Operation, "read", timeout, None)

    def watch(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> Stream[T.Operation]:
        """The operation as it is, and again after each change, until it has ended."""
        request = build(T.WatchOperationRequest, id=id)
        return self._stream("/thecloud.common.v1.OperationService/WatchOperation", request, T.Operation, "again", timeout)

    def watch_all(
        self,
        *,
        resource: str | None = None,
        kind: str | None = None,
        timeout: float | None = None,
    ) -> Stream[T.Operation]:
        """Those that have not ended, of each service newest first, and then every one that begins
        or changes.

        resource: Only those on this resource: its id, or a name that it has or had.
        kind: "instance.create".
        """
        request = build(T.WatchOperationsRequest, resource=resource, kind=kind)
        return self._stream("/thecloud.common.v1.OperationService/WatchOperations", request, T.Operation, "again", timeout)


class Projects(Resource):
    """The end of projects. It stands here because compute may call identity, and identity may not
    call compute."""

    def delete(
        self,
        id: str,
        *,
        cascade: bool | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.DeleteProjectResponse:
        """Deletes the current project, with its members and API keys, for good. Refused while
        anything lives in it (PROJECT_NOT_EMPTY counts what), unless cascade says to delete that,
        too. From then on nothing can be made in it.

        id: The current project's.
        cascade: Delete everything in it first. The operation says what is left and what blocks.
        """
        request = build(T.DeleteProjectRequest, id=id, cascade=cascade)
        return self._unary("/thecloud.compute.v1.ProjectDeletionService/DeleteProject", request, T.DeleteProjectResponse, "keyed", timeout, idempotency_key)

    def create(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Project:
        """Makes a project owned by the caller.

        name: Lower-case letters, digits and hyphens; unique among the caller's projects.
        """
        request = build(T.CreateProjectRequest, name=name, labels=labels)
        return self._unary("/thecloud.identity.v1.ProjectService/CreateProject", request, T.Project, "keyed", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        name: str | None = None,
        label: Sequence[str] | None = None,
        role: str | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.Project, T.ListProjectsResponse]:
        """The projects the caller belongs to.

        label: "key=value"; all must match.
        role: The caller's role there.
        """
        request = build(T.ListProjectsRequest, page_size=page_size, page_token=page_token, name=name, label=label, role=role, name_prefix=name_prefix)
        return self._pages("/thecloud.identity.v1.ProjectService/ListProjects", request, T.ListProjectsResponse, "projects", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.Project:
        """One project, by id."""
        request = build(T.GetProjectRequest, id=id)
        return self._unary("/thecloud.identity.v1.ProjectService/GetProject", request, T.Project, "read", timeout, None)

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        update_mask: Sequence[str] | None = None,
        version: int | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Project:
        """Changes name and labels of the current project.

        id: The current project's.
        version: Refuse unless the project still has this metadata.version (over HTTP: If-Match). 0:
            whatever it has.
        """
        request = build(T.UpdateProjectRequest, id=id, name=name, labels=labels, update_mask=update_mask, version=version)
        return self._unary("/thecloud.identity.v1.ProjectService/UpdateProject", request, T.Project, "keyed", timeout, idempotency_key)


class Sessions(Resource):
    """Signing in and out."""

    def create(
        self,
        *,
        email: str,
        password: str,
        new_password: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.Session:
        """Signs in. Attempts are limited per account and per address: 429 says when to try again.

        new_password: Replaces a one-time password in the same step; PASSWORD_CHANGE_REQUIRED asks
            for it. At least 12 characters.
        """
        request = build(T.CreateSessionRequest, email=email, password=password, new_password=new_password)
        return self._unary("/thecloud.identity.v1.SessionService/CreateSession", request, T.Session, "once", timeout, idempotency_key)

    def delete_current(
        self,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.DeleteCurrentSessionResponse:
        """Signs out: the token stops working everywhere within 5 seconds; a stream that is open
        ends within 35."""
        request = build(T.DeleteCurrentSessionRequest)
        return self._unary("/thecloud.identity.v1.SessionService/DeleteCurrentSession", request, T.DeleteCurrentSessionResponse, "keyed", timeout, idempotency_key)


class SshKeys(Resource):
    """SSH public keys of the current project."""

    def import_(
        self,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        public_key: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.SshKey:
        """Imports a public key in OpenSSH's one-line form. Private keys are refused.

        public_key: The content of an id_….pub file.
        """
        request = build(T.ImportSshKeyRequest, name=name, labels=labels, public_key=public_key)
        return self._unary("/thecloud.compute.v1.SshKeyService/ImportSshKey", request, T.SshKey, "keyed", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        name: str | None = None,
        name_prefix: str | None = None,
        label: Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> Pages[T.SshKey, T.ListSshKeysResponse]:
        """
        label: "key=value"; all must match.
        """
        request = build(T.ListSshKeysRequest, page_size=page_size, page_token=page_token, name=name, name_prefix=name_prefix, label=label)
        return self._pages("/thecloud.compute.v1.SshKeyService/ListSshKeys", request, T.ListSshKeysResponse, "ssh_keys", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.SshKey:
        request = build(T.GetSshKeyRequest, id=id)
        return self._unary("/thecloud.compute.v1.SshKeyService/GetSshKey", request, T.SshKey, "read", timeout, None)

    def rename(
        self,
        id: str,
        *,
        name: str,
        version: int | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.SshKey:
        """
        version: Refuse unless the key still has this metadata.version (over HTTP: If-Match). 0:
            whatever it has.
        """
        request = build(T.RenameSshKeyRequest, id=id, name=name, version=version)
        return self._unary("/thecloud.compute.v1.SshKeyService/RenameSshKey", request, T.SshKey, "keyed", timeout, idempotency_key)

    def delete(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.SshKey:
        request = build(T.DeleteSshKeyRequest, id=id)
        return self._unary("/thecloud.compute.v1.SshKeyService/DeleteSshKey", request, T.SshKey, "keyed", timeout, idempotency_key)


class Users(Resource):
    """People's accounts."""

    def register(
        self,
        *,
        email: str,
        password: str,
        name: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Opens an account, and a first project that it owns.

        password: At least 12 characters; kept only as an argon2id hash.
        """
        request = build(T.RegisterUserRequest, email=email, password=password, name=name)
        return self._unary("/thecloud.identity.v1.UserService/RegisterUser", request, T.User, "once", timeout, idempotency_key)

    def get_current(
        self,
        *,
        timeout: float | None = None,
    ) -> T.User:
        """The signed-in user."""
        request = build(T.GetCurrentUserRequest)
        return self._unary("/thecloud.identity.v1.UserService/GetCurrentUser", request, T.User, "read", timeout, None)

    def change_password(
        self,
        *,
        old_password: str,
        new_password: str,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.ChangePasswordResponse:
        """Changes the signed-in user's own password. All other sessions of the user end; API keys
        work on.

        new_password: At least 12 characters.
        """
        request = build(T.ChangePasswordRequest, old_password=old_password, new_password=new_password)
        return self._unary("/thecloud.identity.v1.UserService/ChangePassword", request, T.ChangePasswordResponse, "once", timeout, idempotency_key)

    def create(
        self,
        *,
        email: str,
        name: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.OneTimePassword:
        """Opens an account for somebody else, also where registration is closed. For administrators
        of the installation."""
        request = build(T.CreateUserRequest, email=email, name=name)
        return self._unary("/thecloud.identity.v1.UserService/CreateUser", request, T.OneTimePassword, "keyed", timeout, idempotency_key)

    def list(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        email: str | None = None,
        name: str | None = None,
        state: str | None = None,
        platform_admin: bool | None = None,
        name_prefix: str | None = None,
        timeout: float | None = None,
    ) -> Pages[T.User, T.ListUsersResponse]:
        """All accounts, newest first. For administrators of the installation.

        platform_admin: Only administrators, or only others.
        """
        request = build(T.ListUsersRequest, page_size=page_size, page_token=page_token, email=email, name=name, state=state, platform_admin=platform_admin, name_prefix=name_prefix)
        return self._pages("/thecloud.identity.v1.UserService/ListUsers", request, T.ListUsersResponse, "users", timeout)

    def get(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> T.User:
        """One account, by id. For administrators of the installation."""
        request = build(T.GetUserRequest, id=id)
        return self._unary("/thecloud.identity.v1.UserService/GetUser", request, T.User, "read", timeout, None)

    def disable(
        self,
        id: str,
        *,
        hand_over_to: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Ends all sessions of a user and refuses the user's API keys, within 5 seconds.
        Memberships stay, so a project may be without an active owner meanwhile; hand_over_to gives
        it one, also afterwards. The last administrator cannot be disabled.

        hand_over_to: E-mail address of the user who becomes an owner of the projects that would
            have none.
        """
        request = build(T.DisableUserRequest, id=id, hand_over_to=hand_over_to)
        return self._unary("/thecloud.identity.v1.UserService/DisableUser", request, T.User, "keyed", timeout, idempotency_key)

    def enable(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Lets a disabled user sign in again. The user's API keys work again."""
        request = build(T.EnableUserRequest, id=id)
        return self._unary("/thecloud.identity.v1.UserService/EnableUser", request, T.User, "keyed", timeout, idempotency_key)

    def grant_administrator(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Makes a user an administrator of the installation, within 5 seconds. For administrators
        of the installation."""
        request = build(T.GrantAdministratorRequest, id=id)
        return self._unary("/thecloud.identity.v1.UserService/GrantAdministrator", request, T.User, "keyed", timeout, idempotency_key)

    def revoke_administrator(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Ends that; the user's sessions, API keys and memberships stay. The last administrator
        cannot be revoked."""
        request = build(T.RevokeAdministratorRequest, id=id)
        return self._unary("/thecloud.identity.v1.UserService/RevokeAdministrator", request, T.User, "keyed", timeout, idempotency_key)

    def delete(
        self,
        id: str,
        *,
        hand_over_to: str | None = None,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.User:
        """Deletes an account for good: ends its sessions, revokes its API keys, takes it out of all
        projects and frees its e-mail address. The last administrator cannot be deleted, the only
        owner of a project only with hand_over_to.

        hand_over_to: E-mail address of the user who becomes an owner of the projects that would
            have none.
        """
        request = build(T.DeleteUserRequest, id=id, hand_over_to=hand_over_to)
        return self._unary("/thecloud.identity.v1.UserService/DeleteUser", request, T.User, "keyed", timeout, idempotency_key)

    def reset_password(
        self,
        id: str,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
    ) -> T.OneTimePassword:
        """Sets a password that works for one sign-in within 24 hours, which must bring a new one.
        It is in this answer and never again. All sessions of the user end; API keys work on."""
        request = build(T.ResetUserPasswordRequest, id=id)
        return self._unary("/thecloud.identity.v1.UserService/ResetUserPassword", request, T.OneTimePassword, "keyed", timeout, idempotency_key)


class Resources:
    """Every resource of the API.

    api_keys: API keys of the current project.
    events: What happens in the current project; for administrators of the installation also to its
        hosts.
    hosts: Hosts, for administrators of the installation.
    images: Images of the current project, and those that the operator shares with all.
    instance_types: The catalogue of instance sizes.
    instances: Instances of the current project.
    members: Projects and who belongs to them.
    operations: Operations of the current project, in all services, newest first. Each service
        answers for its own; the gateway merges.
    projects: The end of projects. It stands here because compute may call identity, and identity
        may not call compute.
    sessions: Signing in and out.
    ssh_keys: SSH public keys of the current project.
    users: People's accounts.
    """

    def __init__(self, transport: Transport) -> None:
        self.api_keys = ApiKeys(transport)
        self.events = Events(transport)
        self.hosts = Hosts(transport)
        self.images = Images(transport)
        self.instance_types = InstanceTypes(transport)
        self.instances = Instances(transport)
        self.members = Members(transport)
        self.operations = Operations(transport)
        self.projects = Projects(transport)
        self.sessions = Sessions(transport)
        self.ssh_keys = SshKeys(transport)
        self.users = Users(transport)
