// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.
import type { CallOptions, UploadBody } from '../options';
import type { Pages } from '../pages';
import { Resource } from '../resource';
import type { Duplex, Stream } from '../stream';
import type * as T from './types';

/** API keys of the current project. */
export class ApiKeys extends Resource {
  /** Makes a key. Its secret is in this answer and never again. */
  create(request: T.CreateApiKeyRequest, options?: CallOptions): Promise<T.ApiKey> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/api-keys', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  list(request: T.ListApiKeysRequest = {}, options?: CallOptions): Pages<T.ApiKey, T.ListApiKeysResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/api-keys', body: '', scope: 'project' },
      [],
      'api_keys',
      request,
      options,
    );
  }

  get(id: string, request: T.GetApiKeyRequest = {}, options?: CallOptions): Promise<T.ApiKey> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/api-keys/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Revokes a key everywhere within 5 seconds, for good; a stream that is open ends within 35. */
  delete(id: string, request: T.DeleteApiKeyRequest = {}, options?: CallOptions): Promise<T.ApiKey> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/api-keys/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }
}

/** What happens in the current project; for administrators of the installation also to its hosts. */
export class Events extends Resource {
  /** Every event from now on, or after the one named by `after`: none is left out and none comes twice to a reader who comes back with the last id seen. A reader who does not keep up is cut off (EVENTS_TOO_SLOW) and goes on in the same way. An id that is no longer kept answers EVENTS_EXPIRED: list the resources, then watch from now on. */
  watch(request: T.WatchEventsRequest = {}, options?: CallOptions): Stream<T.Event> {
    return this.callStream(
      { verb: 'GET', path: '/v1/events', body: '', scope: 'project' },
      [],
      request,
      'after',
      options,
    );
  }
}

/** Hosts, for administrators of the installation. */
export class Hosts extends Resource {
  /** Announces a host and answers with the join token its agent starts with. One that has not joined 24 hours after it was last announced is removed. */
  create(request: T.CreateHostRequest, options?: CallOptions): Promise<T.CreateHostResponse> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/hosts', body: '*', scope: 'platform', once: true },
      [],
      request,
      options,
    );
  }

  list(request: T.ListHostsRequest = {}, options?: CallOptions): Pages<T.Host, T.ListHostsResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/hosts', body: '', scope: 'platform' },
      [],
      'hosts',
      request,
      options,
    );
  }

  get(id: string, request: T.GetHostRequest = {}, options?: CallOptions): Promise<T.Host> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/hosts/{id}', body: '', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** All that is placed on a host, of whatever project, newest first. What tenants may keep secret is left out: entrypoint, command, values of env, and what the program printed (see status.hidden_fields). */
  listInstances(
    id: string,
    request: T.ListHostInstancesRequest = {},
    options?: CallOptions,
  ): Pages<T.Instance, T.ListHostInstancesResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/hosts/{id}/instances', body: '', scope: 'platform' },
      [id],
      'instances',
      request,
      options,
    );
  }

  /** Places nothing new here; what runs goes on. */
  cordon(id: string, request: T.CordonHostRequest = {}, options?: CallOptions): Promise<T.Host> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/hosts/{id}:cordon', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  uncordon(id: string, request: T.UncordonHostRequest = {}, options?: CallOptions): Promise<T.Host> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/hosts/{id}:uncordon', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Removes a host for good: its agent's reports are refused and its certificate is not renewed. Refused while it carries instances. */
  delete(id: string, request: T.DeleteHostRequest = {}, options?: CallOptions): Promise<T.Host> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/hosts/{id}', body: '', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** The host as it is, and again after each change. How much of it is promised is as of that change. */
  watch(id: string, request: T.WatchHostRequest = {}, options?: CallOptions): Stream<T.Host> {
    return this.callStream(
      { verb: 'GET', path: '/v1/hosts/{id}:watch', body: '', scope: 'platform' },
      [id],
      request,
      'again',
      options,
    );
  }

  /** Those that match as they are, newest first, and again after each change. One that no longer matches comes once more as it then is. */
  watchAll(request: T.WatchHostsRequest = {}, options?: CallOptions): Stream<T.Host> {
    return this.callStream(
      { verb: 'GET', path: '/v1/hosts:watch', body: '', scope: 'platform' },
      [],
      request,
      'again',
      options,
    );
  }
}

/** Images of the current project, and those that the operator shares with all. */
export class Images extends Resource {
  /** Copies an image from a registry. Returns at once (202): watch status.state, or the operation. */
  create(request: T.CreateImageRequest, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/images', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  /** Makes an image from a tarball: a root file system, a `docker save` or an OCI archive; compressed by gzip or zstd, or not. Over HTTP the body is the tarball itself (application/x-tar) and the parameters stand in the query. */
  upload(data: UploadBody, request: T.UploadImageRequest = {}, options?: CallOptions): Promise<T.Image> {
    return this.callUpload(
      { verb: 'POST', path: '/v1/images:upload', body: 'chunk', scope: 'project' },
      [],
      data,
      request,
      options,
    );
  }

  /** Makes an image of this project out of one that is elsewhere: in another project, or shared by it. The copy is ready at once, takes no space for what the two have in common, and outlives the original. */
  copy(request: T.CopyImageRequest, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/images:copy', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  list(request: T.ListImagesRequest = {}, options?: CallOptions): Pages<T.Image, T.ListImagesResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/images', body: '', scope: 'project' },
      [],
      'images',
      request,
      options,
    );
  }

  get(id: string, request: T.GetImageRequest = {}, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/images/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** The image as it is, and again after each change, until it is deleted (status.state is then "deleted"). */
  watch(id: string, request: T.WatchImageRequest = {}, options?: CallOptions): Stream<T.Image> {
    return this.callStream(
      { verb: 'GET', path: '/v1/images/{id}:watch', body: '', scope: 'project' },
      [id],
      request,
      'again',
      options,
    );
  }

  /** Those that match as they are, newest first, and again after each change; a deleted one comes with status.state "deleted". */
  watchAll(request: T.WatchImagesRequest = {}, options?: CallOptions): Stream<T.Image> {
    return this.callStream(
      { verb: 'GET', path: '/v1/images:watch', body: '', scope: 'project' },
      [],
      request,
      'again',
      options,
    );
  }

  /** Deletes an image that no instance uses. */
  delete(id: string, request: T.DeleteImageRequest = {}, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/images/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Shares a ready image with all projects, under its name. For administrators. */
  share(id: string, request: T.ShareImageRequest = {}, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/images/{id}:share', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Ends that; instances that use it run on. For administrators. */
  unshare(id: string, request: T.UnshareImageRequest = {}, options?: CallOptions): Promise<T.Image> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/images/{id}:unshare', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }
}

/** The catalogue of instance sizes. */
export class InstanceTypes extends Resource {
  list(
    request: T.ListInstanceTypesRequest = {},
    options?: CallOptions,
  ): Pages<T.InstanceType, T.ListInstanceTypesResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/instance-types', body: '', scope: 'project' },
      [],
      'instance_types',
      request,
      options,
    );
  }

  get(name: string, request: T.GetInstanceTypeRequest = {}, options?: CallOptions): Promise<T.InstanceType> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/instance-types/{name}', body: '', scope: 'project' },
      [name],
      request,
      options,
    );
  }
}

/** Instances of the current project. */
export class Instances extends Resource {
  /** Records the instance and answers at once (202): watch it, or its operation, for the outcome. */
  create(request: T.CreateInstanceRequest, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/instances', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  get(id: string, request: T.GetInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/instances/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Newest first. */
  list(
    request: T.ListInstancesRequest = {},
    options?: CallOptions,
  ): Pages<T.Instance, T.ListInstancesResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/instances', body: '', scope: 'project' },
      [],
      'instances',
      request,
      options,
    );
  }

  /** Changes the fields that update_mask names (over HTTP: the fields in the body, unless it says otherwise). Id, name, host, and the ports that stay published are kept. A change of type, image, entrypoint, command, env or ports makes a new container: a running instance restarts, and ALL FILES THAT ITS PROGRAM WROTE ARE LOST, those in the image's volumes (VOLUME) as well. Labels, name, restart_policy and on_host_loss change in place. RESOURCE_EXHAUSTED HOST_TOO_FULL: a larger type does not fit on its host. */
  update(id: string, request: T.UpdateInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'PATCH', path: '/v1/instances/{id}', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Starts a stopped or failed instance; a running one stays as it is. */
  start(id: string, request: T.StartInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/instances/{id}:start', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Asks the program to end (SIGTERM), and ends it after the grace. */
  stop(id: string, request: T.StopInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/instances/{id}:stop', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  restart(id: string, request: T.RestartInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/instances/{id}:restart', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** The instance as it is, and again after each change, until it is deleted (status.state is then "deleted"). Quick changes may be seen as one; GET /v1/events has every one. */
  watch(id: string, request: T.WatchInstanceRequest = {}, options?: CallOptions): Stream<T.Instance> {
    return this.callStream(
      { verb: 'GET', path: '/v1/instances/{id}:watch', body: '', scope: 'project' },
      [id],
      request,
      'again',
      options,
    );
  }

  /** Those that match as they are, newest first, and again after each change. One that no longer matches comes once more as it then is; one that is deleted comes with status.state "deleted". */
  watchAll(request: T.WatchInstancesRequest = {}, options?: CallOptions): Stream<T.Instance> {
    return this.callStream(
      { verb: 'GET', path: '/v1/instances:watch', body: '', scope: 'project' },
      [],
      request,
      'again',
      options,
    );
  }

  /** Removes the instance and frees its name, ports and capacity. Deleting twice is deleting once. */
  delete(id: string, request: T.DeleteInstanceRequest = {}, options?: CallOptions): Promise<T.Instance> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/instances/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** What the program wrote to its standard output and error: at most the last 30 MiB. A stopped instance has it, too. */
  logs(id: string, request: T.ReadInstanceLogsRequest = {}, options?: CallOptions): Stream<T.LogChunk> {
    return this.callStream(
      { verb: 'GET', path: '/v1/instances/{id}/logs', body: '', scope: 'project' },
      [id],
      request,
      'never',
      options,
    );
  }

  /** Runs another program in a running instance, with its input and output, and a terminal if wanted. It is killed when the caller goes, and after an hour in which neither side sent anything. */
  openExec(id: string, options?: CallOptions): Duplex<T.ExecInstanceRequest, T.ExecInstanceResponse> {
    return this.callDuplex(
      { verb: 'GET', path: '/v1/instances/{id}/exec', body: '', scope: 'project' },
      [id],
      options,
    );
  }

  /** Runs another program in a running instance to its end, and answers with what it wrote. */
  runCommand(
    id: string,
    request: T.RunInstanceCommandRequest,
    options?: CallOptions,
  ): Promise<T.RunInstanceCommandResponse> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/instances/{id}:exec', body: '*', scope: 'project', once: true },
      [id],
      request,
      options,
    );
  }

  /** What a path in an instance is. The instance may run or not; the same holds for the two below. */
  getFile(id: string, request: T.GetInstanceFileRequest, options?: CallOptions): Promise<T.InstanceFile> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/instances/{id}/files', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** A tar archive of a file, or of a directory and all that is in it. Over HTTP, ask for application/octet-stream. */
  readFiles(id: string, request: T.ReadInstanceFilesRequest, options?: CallOptions): Stream<T.FileChunk> {
    return this.callStream(
      { verb: 'GET', path: '/v1/instances/{id}/files:download', body: '', scope: 'project' },
      [id],
      request,
      'never',
      options,
    );
  }

  /** Unpacks a tar archive into a directory of an instance. Over HTTP the body is the archive itself (application/x-tar) and the path stands in the query. */
  writeFiles(
    id: string,
    data: UploadBody,
    request: T.WriteInstanceFilesRequest = {},
    options?: CallOptions,
  ): Promise<T.WriteInstanceFilesResponse> {
    return this.callUpload(
      { verb: 'POST', path: '/v1/instances/{id}/files:upload', body: 'chunk', scope: 'project' },
      [id],
      data,
      request,
      options,
    );
  }

  /** Of a running instance, measured now. */
  stats(
    id: string,
    request: T.GetInstanceStatsRequest = {},
    options?: CallOptions,
  ): Promise<T.InstanceStats> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/instances/{id}/stats', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Again and again, until the instance stops or the caller goes. */
  watchStats(
    id: string,
    request: T.WatchInstanceStatsRequest = {},
    options?: CallOptions,
  ): Stream<T.InstanceStats> {
    return this.callStream(
      { verb: 'GET', path: '/v1/instances/{id}/stats:watch', body: '', scope: 'project' },
      [id],
      request,
      'again',
      options,
    );
  }
}

/** Projects and who belongs to them. */
export class Members extends Resource {
  /** The current project's members. */
  list(request: T.ListMembersRequest = {}, options?: CallOptions): Pages<T.Member, T.ListMembersResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/members', body: '', scope: 'project' },
      [],
      'members',
      request,
      options,
    );
  }

  /** Gives a registered user a role in the current project. */
  add(request: T.AddMemberRequest, options?: CallOptions): Promise<T.Member> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/members', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  /** Changes a member's role. Only owners make or unmake owners; the last owner stays. */
  update(userId: string, request: T.UpdateMemberRequest, options?: CallOptions): Promise<T.Member> {
    return this.callUnary(
      { verb: 'PATCH', path: '/v1/members/{user_id}', body: '*', scope: 'project' },
      [userId],
      request,
      options,
    );
  }

  /** Takes a user out of the current project. */
  remove(
    userId: string,
    request: T.RemoveMemberRequest = {},
    options?: CallOptions,
  ): Promise<T.RemoveMemberResponse> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/members/{user_id}', body: '', scope: 'project' },
      [userId],
      request,
      options,
    );
  }

  /** Takes the signed-in user out of the current project, whatever the role. The last owner stays. */
  leaveProject(request: T.LeaveProjectRequest = {}, options?: CallOptions): Promise<T.LeaveProjectResponse> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/members/me', body: '', scope: 'project' },
      [],
      request,
      options,
    );
  }
}

/** Operations of the current project, in all services, newest first. Each service answers for its own; the gateway merges. */
export class Operations extends Resource {
  get(id: string, request: T.GetOperationRequest = {}, options?: CallOptions): Promise<T.Operation> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/operations/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  list(
    request: T.ListOperationsRequest = {},
    options?: CallOptions,
  ): Pages<T.Operation, T.ListOperationsResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/operations', body: '', scope: 'project' },
      [],
      'operations',
      request,
      options,
    );
  }

  /** Answers when the operation has ended, or after timeout_seconds with how far it got. */
  poll(id: string, request: T.WaitOperationRequest = {}, options?: CallOptions): Promise<T.Operation> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/operations/{id}:wait', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** The operation as it is, and again after each change, until it has ended. */
  watch(id: string, request: T.WatchOperationRequest = {}, options?: CallOptions): Stream<T.Operation> {
    return this.callStream(
      { verb: 'GET', path: '/v1/operations/{id}:watch', body: '', scope: 'project' },
      [id],
      request,
      'again',
      options,
    );
  }

  /** Those that have not ended, of each service newest first, and then every one that begins or changes. */
  watchAll(request: T.WatchOperationsRequest = {}, options?: CallOptions): Stream<T.Operation> {
    return this.callStream(
      { verb: 'GET', path: '/v1/operations:watch', body: '', scope: 'project' },
      [],
      request,
      'again',
      options,
    );
  }
}

/** The end of projects. It stands here because compute may call identity, and identity may not call compute. */
export class Projects extends Resource {
  /** Deletes the current project, with its members and API keys, for good. Refused while anything lives in it (PROJECT_NOT_EMPTY counts what), unless cascade says to delete that, too. From then on nothing can be made in it. */
  delete(
    id: string,
    request: T.DeleteProjectRequest = {},
    options?: CallOptions,
  ): Promise<T.DeleteProjectResponse> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/projects/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  /** Makes a project owned by the caller. */
  create(request: T.CreateProjectRequest, options?: CallOptions): Promise<T.Project> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/projects', body: '*', scope: 'user' },
      [],
      request,
      options,
    );
  }

  /** The projects the caller belongs to. */
  list(request: T.ListProjectsRequest = {}, options?: CallOptions): Pages<T.Project, T.ListProjectsResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/projects', body: '', scope: 'user' },
      [],
      'projects',
      request,
      options,
    );
  }

  /** One project, by id. */
  get(id: string, request: T.GetProjectRequest = {}, options?: CallOptions): Promise<T.Project> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/projects/{id}', body: '', scope: 'user' },
      [id],
      request,
      options,
    );
  }

  /** Changes name and labels of the current project. */
  update(id: string, request: T.UpdateProjectRequest = {}, options?: CallOptions): Promise<T.Project> {
    return this.callUnary(
      { verb: 'PATCH', path: '/v1/projects/{id}', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }
}

/** Signing in and out. */
export class Sessions extends Resource {
  /** Signs in. Attempts are limited per account and per address: 429 says when to try again. */
  create(request: T.CreateSessionRequest, options?: CallOptions): Promise<T.Session> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/sessions', body: '*', scope: 'public', once: true },
      [],
      request,
      options,
    );
  }

  /** Signs out: the token stops working everywhere within 5 seconds; a stream that is open ends within 35. */
  deleteCurrent(
    request: T.DeleteCurrentSessionRequest = {},
    options?: CallOptions,
  ): Promise<T.DeleteCurrentSessionResponse> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/sessions/current', body: '', scope: 'user' },
      [],
      request,
      options,
    );
  }
}

/** SSH public keys of the current project. */
export class SshKeys extends Resource {
  /** Imports a public key in OpenSSH's one-line form. Private keys are refused. */
  import(request: T.ImportSshKeyRequest, options?: CallOptions): Promise<T.SshKey> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/ssh-keys', body: '*', scope: 'project' },
      [],
      request,
      options,
    );
  }

  list(request: T.ListSshKeysRequest = {}, options?: CallOptions): Pages<T.SshKey, T.ListSshKeysResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/ssh-keys', body: '', scope: 'project' },
      [],
      'ssh_keys',
      request,
      options,
    );
  }

  get(id: string, request: T.GetSshKeyRequest = {}, options?: CallOptions): Promise<T.SshKey> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/ssh-keys/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  rename(id: string, request: T.RenameSshKeyRequest, options?: CallOptions): Promise<T.SshKey> {
    return this.callUnary(
      { verb: 'PATCH', path: '/v1/ssh-keys/{id}', body: '*', scope: 'project' },
      [id],
      request,
      options,
    );
  }

  delete(id: string, request: T.DeleteSshKeyRequest = {}, options?: CallOptions): Promise<T.SshKey> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/ssh-keys/{id}', body: '', scope: 'project' },
      [id],
      request,
      options,
    );
  }
}

/** People's accounts. */
export class Users extends Resource {
  /** Opens an account, and a first project that it owns. */
  register(request: T.RegisterUserRequest, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users', body: '*', scope: 'public', once: true },
      [],
      request,
      options,
    );
  }

  /** The signed-in user. */
  getCurrent(request: T.GetCurrentUserRequest = {}, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/users/me', body: '', scope: 'user' },
      [],
      request,
      options,
    );
  }

  /** Changes the signed-in user's own password. All other sessions of the user end; API keys work on. */
  changePassword(request: T.ChangePasswordRequest, options?: CallOptions): Promise<T.ChangePasswordResponse> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/me:changePassword', body: '*', scope: 'user', once: true },
      [],
      request,
      options,
    );
  }

  /** Opens an account for somebody else, also where registration is closed. For administrators of the installation. */
  create(request: T.CreateUserRequest, options?: CallOptions): Promise<T.OneTimePassword> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users:create', body: '*', scope: 'platform' },
      [],
      request,
      options,
    );
  }

  /** All accounts, newest first. For administrators of the installation. */
  list(request: T.ListUsersRequest = {}, options?: CallOptions): Pages<T.User, T.ListUsersResponse> {
    return this.callPages(
      { verb: 'GET', path: '/v1/users', body: '', scope: 'platform' },
      [],
      'users',
      request,
      options,
    );
  }

  /** One account, by id. For administrators of the installation. */
  get(id: string, request: T.GetUserRequest = {}, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'GET', path: '/v1/users/{id}', body: '', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Ends all sessions of a user and refuses the user's API keys, within 5 seconds. Memberships stay, so a project may be without an active owner meanwhile; hand_over_to gives it one, also afterwards. The last administrator cannot be disabled. */
  disable(id: string, request: T.DisableUserRequest = {}, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/{id}:disable', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Lets a disabled user sign in again. The user's API keys work again. */
  enable(id: string, request: T.EnableUserRequest = {}, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/{id}:enable', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Makes a user an administrator of the installation, within 5 seconds. For administrators of the installation. */
  grantAdministrator(
    id: string,
    request: T.GrantAdministratorRequest = {},
    options?: CallOptions,
  ): Promise<T.User> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/{id}:grantAdministrator', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Ends that; the user's sessions, API keys and memberships stay. The last administrator cannot be revoked. */
  revokeAdministrator(
    id: string,
    request: T.RevokeAdministratorRequest = {},
    options?: CallOptions,
  ): Promise<T.User> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/{id}:revokeAdministrator', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Deletes an account for good: ends its sessions, revokes its API keys, takes it out of all projects and frees its e-mail address. The last administrator cannot be deleted, the only owner of a project only with hand_over_to. */
  delete(id: string, request: T.DeleteUserRequest = {}, options?: CallOptions): Promise<T.User> {
    return this.callUnary(
      { verb: 'DELETE', path: '/v1/users/{id}', body: '', scope: 'platform' },
      [id],
      request,
      options,
    );
  }

  /** Sets a password that works for one sign-in within 24 hours, which must bring a new one. It is in this answer and never again. All sessions of the user end; API keys work on. */
  resetPassword(
    id: string,
    request: T.ResetUserPasswordRequest = {},
    options?: CallOptions,
  ): Promise<T.OneTimePassword> {
    return this.callUnary(
      { verb: 'POST', path: '/v1/users/{id}:resetPassword', body: '*', scope: 'platform' },
      [id],
      request,
      options,
    );
  }
}
