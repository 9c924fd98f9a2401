// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.

export interface AddMemberRequest {
  email: string;
  role: 'owner' | 'admin' | 'developer' | 'viewer';
}

/** A program's credential: one project, one role. */
export interface ApiKey {
  metadata: ResourceMetadata;
  /** owner, admin, developer or viewer; never more than its maker's. */
  role: string;
  /** The first characters of the key, to recognise it by. */
  prefix: string;
  /** Absent: does not expire. */
  expires_at?: string;
  /** To the minute. */
  last_used_at?: string;
  /** The key itself ("cloud_…"): only in the answer that makes it; kept only as a hash. */
  secret: string;
  created_by: string;
}

export interface ChangePasswordRequest {
  old_password: string;
  /** At least 12 characters. */
  new_password: string;
}

export type ChangePasswordResponse = Record<string, never>;

export interface CopyImageRequest {
  name: string;
  labels?: Record<string, string>;
  /** Id of the original, which must be ready. */
  image_id: string;
  /** Id of its project; without it, the image is one of this project or a shared one. Another project takes a session of a user who may read images there: an API key belongs to one project. */
  project_id?: string;
}

export type CordonHostRequest = Record<string, never>;

export interface CpuStats {
  /** Processor time used. */
  usage_ns: string;
  /** Of one vCPU, since the sample before: 250 is two and a half vCPUs busy. */
  percent: number;
}

export interface CreateApiKeyRequest {
  /** Lower-case letters, digits and hyphens; unique among the project's live keys. */
  name: string;
  labels?: Record<string, string>;
  /** Empty: developer. */
  role?: 'owner' | 'admin' | 'developer' | 'viewer';
  /** Must lie in the future. */
  expires_at?: string | Date;
}

export interface CreateHostRequest {
  /** Unique among hosts; announcing the same name again answers with the same host and a new join token. */
  name: string;
  labels?: Record<string, string>;
}

export interface CreateHostResponse {
  host?: Host;
  /** Good for one hour. */
  join_token: string;
}

export interface CreateImageRequest {
  name: string;
  labels?: Record<string, string>;
  spec: ImageSpecInput;
}

export interface CreateInstanceRequest {
  name: string;
  labels?: Record<string, string>;
  spec: InstanceSpecInput;
}

export interface CreateProjectRequest {
  /** Lower-case letters, digits and hyphens; unique among the caller's projects. */
  name: string;
  labels?: Record<string, string>;
}

export interface CreateSessionRequest {
  email: string;
  password: string;
  /** Replaces a one-time password in the same step; PASSWORD_CHANGE_REQUIRED asks for it. At least 12 characters. */
  new_password?: string;
}

export interface CreateUserRequest {
  email: string;
  name?: string;
}

export type DeleteApiKeyRequest = Record<string, never>;

export type DeleteCurrentSessionRequest = Record<string, never>;

export type DeleteCurrentSessionResponse = Record<string, never>;

export type DeleteHostRequest = Record<string, never>;

export type DeleteImageRequest = Record<string, never>;

export type DeleteInstanceRequest = Record<string, never>;

export interface DeleteProjectRequest {
  /** Delete everything in it first. The operation says what is left and what blocks. */
  cascade?: boolean;
}

export interface DeleteProjectResponse {
  /** With cascade: GET /v1/operations/{id} for as long as the project is there. */
  operation_id: string;
}

export type DeleteSshKeyRequest = Record<string, never>;

export interface DeleteUserRequest {
  /** E-mail address of the user who becomes an owner of the projects that would have none. */
  hand_over_to?: string;
}

export interface DisableUserRequest {
  /** E-mail address of the user who becomes an owner of the projects that would have none. */
  hand_over_to?: string;
}

export type EnableUserRequest = Record<string, never>;

/** Something that happened, as a CloudEvent 1.0 (cloudevents.io): its JSON is the CloudEvents JSON format. */
export interface Event {
  /** Unique and sortable by the time it was made. Continue after the last one seen with `after`. */
  id: string;
  /** "/thecloud/<service>". */
  source: string;
  /** "1.0". */
  specversion: string;
  /** "thecloud.<noun>.<what happened>": docs/events.md lists them. */
  type: string;
  time?: string;
  /** Id of the resource it is about. */
  subject: string;
  /** "application/json". */
  datacontenttype: string;
  /** Extension: the project; empty for what belongs to the installation (hosts). */
  projectid: string;
  /** id, and what the type has: name, state, reason, version. */
  data?: Record<string, unknown>;
}

/** What the caller sends: a start, then input. The program sees its input end when the caller says so. */
export interface ExecInstanceRequest {
  /** In the first message, and in no other. Over HTTP the first message is the path's id alone, which opens the WebSocket; start is then the first frame. */
  start?: ExecStart;
  /** For its standard input. */
  stdin?: string;
  /** True: its standard input is at its end; false says nothing. A terminal's has none: send the character (Ctrl-D, 4) instead. */
  stdin_closed?: boolean;
  /** Of the terminal. */
  resize?: TerminalSize;
  /** For the program, and all it has started. */
  signal?: 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM';
}

/** What the program writes, and last its exit code. */
export interface ExecInstanceResponse {
  stdout?: string;
  stderr?: string;
  /** The program has ended; 128 and the signal's number when a signal ended it. The stream ends with it. */
  exit_code?: number;
}

export interface ExecStart {
  /** Program and arguments. */
  command: string[];
  /** Added to the instance's own. */
  env?: Record<string, string>;
  /** Gives it a terminal; all it writes is then stdout. */
  tty?: boolean;
  /** Of the terminal when it starts; absent: 24 rows, 80 columns. */
  size?: TerminalSize;
  /** Absolute; empty: the image's own. */
  working_dir?: string;
  /** Name or number, optionally with a group: "www-data", "1000:1000". Empty: the image's own. */
  user?: string;
}

export interface FileChunk {
  /** The next bytes of a tar archive, at most 64 KiB. */
  data: string;
}

export type GetApiKeyRequest = Record<string, never>;

export type GetCurrentUserRequest = Record<string, never>;

export type GetHostRequest = Record<string, never>;

export type GetImageRequest = Record<string, never>;

export interface GetInstanceFileRequest {
  /** Absolute. */
  path: string;
}

export type GetInstanceRequest = Record<string, never>;

export type GetInstanceStatsRequest = Record<string, never>;

export type GetInstanceTypeRequest = Record<string, never>;

export type GetOperationRequest = Record<string, never>;

export type GetProjectRequest = Record<string, never>;

export type GetSshKeyRequest = Record<string, never>;

export type GetUserRequest = Record<string, never>;

export type GrantAdministratorRequest = Record<string, never>;

/** A machine that runs instances. Hosts belong to the installation, not to a project. */
export interface Host {
  metadata: ResourceMetadata;
  spec: HostSpec;
  status: HostStatus;
}

export interface HostInventory {
  hostname: string;
  /** Where published ports answer. */
  address: string;
  /** "host:port" of the agent's gRPC server. */
  agent_endpoint: string;
  agent_version: string;
  /** docker or noop. */
  driver: string;
  driver_version: string;
  /** What may be promised to instances, overcommit included; in whole ones, rounded down: see cpu_millicores. */
  vcpus: number;
  memory_mib: number;
  kernel: string;
  architecture: string;
  /** What may be promised to instances, overcommit included, in thousandths of a vCPU. */
  cpu_millicores: number;
}

export interface HostSpec {
  /** True: keeps what it runs, gets nothing new. */
  cordoned: boolean;
}

export interface HostStatus {
  /** joining (enrolled, never seen), ready, suspect (its agent is silent), dead (silent past the fence deadline: what may restart elsewhere does), removed. With reason NOT_KNOWN it is the last state known. */
  state: string;
  reason: string;
  message: string;
  inventory?: HostInventory;
  /** Promised to instances, in whole ones, rounded up: see allocated_cpu_millicores. */
  allocated_vcpus: number;
  allocated_memory_mib: number;
  instance_count: number;
  last_seen_at?: string;
  /** By how much its clock is ahead of the control plane's, in ms; negative: behind. 0 until its agent has beaten a few times, too. */
  clock_offset_ms: number;
  /** When the certificate of its agent ends; set only when that is near, because renewing it fails. */
  certificate_ends_at?: string;
  /** Promised to instances, in thousandths of a vCPU. */
  allocated_cpu_millicores: number;
}

/** What an instance starts from: a container image, kept in the cloud's own registry. */
export interface Image {
  metadata: ResourceMetadata;
  spec: ImageSpec;
  status: ImageStatus;
}

export interface ImageSpec {
  /** "registry/path:tag" or "registry/path@sha256:…", copied once into the cloud's registry. Empty for an uploaded image, for a copy, and for one that another project shares. It carries no user name and no password. */
  source: string;
}

export interface ImageSpecInput {
  /** "registry/path:tag" or "registry/path@sha256:…", copied once into the cloud's registry. Empty for an uploaded image, for a copy, and for one that another project shares. It carries no user name and no password. */
  source?: string;
}

export interface ImageStatus {
  /** importing, ready, failed, deleting. */
  state: string;
  reason: string;
  message: string;
  /** "sha256:…" of the manifest; hosts pull by it. */
  digest: string;
  /** Compressed, of all layers. */
  size_bytes: string;
  ready_at?: string;
  observed_generation: number;
  /** Of the operator, for all projects: everybody lists it and launches from it, and only the operator changes it. To other projects it shows neither its project nor its operation. */
  shared: boolean;
  /** Id of the image that this is a copy of, which may be gone by now. Empty for one that is no copy, and for one that another project shares. */
  copied_from: string;
}

export interface ImportSshKeyRequest {
  name: string;
  labels?: Record<string, string>;
  /** The content of an id_….pub file. */
  public_key: string;
}

/** A container (later also a virtual machine) on one of the hosts. */
export interface Instance {
  metadata: ResourceMetadata;
  spec: InstanceSpec;
  status: InstanceStatus;
}

/** The parts of a spec that can change. */
export interface InstanceChanges {
  command?: string[];
  env?: Record<string, string>;
  ports?: PublishedPortInput[];
  restart_policy?: 'always' | 'on-failure' | 'never';
  on_host_loss?: 'restart' | 'keep';
  /** Empty: the image's own again. */
  entrypoint?: string[];
  /** An instance type's name. It must fit on the host that the instance is on. */
  type?: string;
  /** An image's id or name in the same project. */
  image?: string;
}

export interface InstanceFile {
  name: string;
  /** file, directory, link or other. */
  kind: string;
  size_bytes: string;
  /** Permissions, as chmod takes them: 420 is 0644. */
  mode: number;
  modified_at?: string;
  /** Of a link: where it points. */
  link_target: string;
}

export interface InstancePort {
  container_port: number;
  host_port: number;
  protocol: string;
  /** Address of the host. */
  address: string;
}

export interface InstanceSpec {
  /** An instance type's name: "basic-1". */
  type: string;
  /** An image's id or name in the same project. */
  image: string;
  /** Arguments of the entrypoint, or program and arguments where there is no entrypoint, as Docker's CMD; empty: the image's own. Read back only with the permission instance:update. */
  command: string[];
  /** Values are read back only with the permission instance:update. */
  env: Record<string, string>;
  ports: PublishedPort[];
  /** always (default), on-failure or never. */
  restart_policy: string;
  /** restart (default) elsewhere when its host is lost, or keep its place and wait. */
  on_host_loss: string;
  /** Replaces the image's ENTRYPOINT and drops its CMD, as Docker's --entrypoint; empty: the image's own. What runs is entrypoint and then command. One empty string ([""]): no entrypoint, so that command begins with the program. Read back only with the permission instance:update. */
  entrypoint: string[];
}

export interface InstanceSpecInput {
  /** An instance type's name: "basic-1". */
  type: string;
  /** An image's id or name in the same project. */
  image: string;
  /** Arguments of the entrypoint, or program and arguments where there is no entrypoint, as Docker's CMD; empty: the image's own. Read back only with the permission instance:update. */
  command?: string[];
  /** Values are read back only with the permission instance:update. */
  env?: Record<string, string>;
  ports?: PublishedPortInput[];
  /** always (default), on-failure or never. */
  restart_policy?: 'always' | 'on-failure' | 'never';
  /** restart (default) elsewhere when its host is lost, or keep its place and wait. */
  on_host_loss?: 'restart' | 'keep';
  /** Replaces the image's ENTRYPOINT and drops its CMD, as Docker's --entrypoint; empty: the image's own. What runs is entrypoint and then command. One empty string ([""]): no entrypoint, so that command begins with the program. Read back only with the permission instance:update. */
  entrypoint?: string[];
}

/** What an instance uses. Sums count from its last start. */
export interface InstanceStats {
  time?: string;
  cpu?: CpuStats;
  memory?: MemoryStats;
  /** Of all its network interfaces. */
  network?: NetworkStats;
  pids?: PidsStats;
}

export interface InstanceStatus {
  /** provisioning, starting, running, stopping, stopped, failed, deleting, deleted. */
  state: string;
  /** Machine-readable cause of a failed or waiting state: NO_CAPACITY, IMAGE_MISSING, EXITED, … (docs/errors.md). */
  reason: string;
  message: string;
  /** The newest generation the host has made true. */
  observed_generation: number;
  host_id: string;
  image_digest: string;
  ports: InstancePort[];
  started_at?: string;
  /** Of the last exit; meaningful when stopped or failed. */
  exit_code: number;
  restart_count: number;
  /** What this answer leaves out because the caller lacks instance:update: "spec.entrypoint", "spec.command", "spec.env" (its names are there, its values are empty), "status.message" (without the program's last lines). */
  hidden_fields: string[];
}

/** A size an instance can have. */
export interface InstanceType {
  name: string;
  /** In whole ones, rounded up: see cpu_millicores. */
  vcpus: number;
  memory_mib: number;
  description: string;
  /** Thousandths of a vCPU: 250 is a quarter of one. */
  cpu_millicores: number;
}

export type LeaveProjectRequest = Record<string, never>;

export type LeaveProjectResponse = Record<string, never>;

export interface ListApiKeysRequest {
  page_size?: number;
  page_token?: string;
  name?: string;
  /** "key=value"; all must match. */
  label?: string[];
  role?: 'owner' | 'admin' | 'developer' | 'viewer';
  /** active, or expired; revoked keys are never listed. */
  state?: 'active' | 'expired';
  name_prefix?: string;
}

export interface ListApiKeysResponse {
  api_keys: ApiKey[];
  next_page_token: string;
}

export interface ListHostInstancesRequest {
  page_size?: number;
  page_token?: string;
  state?: 'provisioning' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'deleting';
  name?: string;
  name_prefix?: string;
  /** "key=value"; all must match. */
  label?: string[];
  /** Only those of this project. */
  project_id?: string;
  /** An instance type's name. */
  type?: string;
}

export interface ListHostInstancesResponse {
  instances: Instance[];
  next_page_token: string;
}

export interface ListHostsRequest {
  page_size?: number;
  page_token?: string;
  state?: 'joining' | 'ready' | 'suspect' | 'dead';
  name?: string;
  name_prefix?: string;
  /** "key=value"; all must match. */
  label?: string[];
  cordoned?: boolean;
}

export interface ListHostsResponse {
  hosts: Host[];
  next_page_token: string;
}

export interface ListImagesRequest {
  page_size?: number;
  page_token?: string;
  name?: string;
  state?: 'importing' | 'ready' | 'failed' | 'deleting';
  /** "key=value"; all must match. */
  label?: string[];
  /** Only those that the operator shares with all projects. */
  shared?: boolean;
  name_prefix?: string;
}

export interface ListImagesResponse {
  images: Image[];
  next_page_token: string;
}

export type ListInstanceTypesRequest = Record<string, never>;

export interface ListInstanceTypesResponse {
  instance_types: InstanceType[];
}

export interface ListInstancesRequest {
  page_size?: number;
  page_token?: string;
  state?: 'provisioning' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'deleting';
  name?: string;
  /** "key=value"; all must match. */
  label?: string[];
  host_id?: string;
  /** An instance type's name. */
  type?: string;
  /** An image's id or name. */
  image?: string;
  name_prefix?: string;
}

export interface ListInstancesResponse {
  instances: Instance[];
  next_page_token: string;
}

export interface ListMembersRequest {
  page_size?: number;
  page_token?: string;
  email?: string;
  role?: 'owner' | 'admin' | 'developer' | 'viewer';
}

export interface ListMembersResponse {
  members: Member[];
  next_page_token: string;
}

export interface ListOperationsRequest {
  page_size?: number;
  page_token?: string;
  /** Only those on this resource: its id, or a name that it has or had. */
  resource?: string;
  state?: 'pending' | 'running' | 'succeeded' | 'failed' | 'superseded';
  /** "instance.create". */
  kind?: string;
}

export interface ListOperationsResponse {
  operations: Operation[];
  next_page_token: string;
}

export interface ListProjectsRequest {
  page_size?: number;
  page_token?: string;
  name?: string;
  /** "key=value"; all must match. */
  label?: string[];
  /** The caller's role there. */
  role?: 'owner' | 'admin' | 'developer' | 'viewer';
  name_prefix?: string;
}

export interface ListProjectsResponse {
  projects: Project[];
  next_page_token: string;
}

export interface ListSshKeysRequest {
  page_size?: number;
  page_token?: string;
  name?: string;
  name_prefix?: string;
  /** "key=value"; all must match. */
  label?: string[];
}

export interface ListSshKeysResponse {
  ssh_keys: SshKey[];
  next_page_token: string;
}

export interface ListUsersRequest {
  page_size?: number;
  page_token?: string;
  email?: string;
  name?: string;
  state?: 'active' | 'disabled';
  /** Only administrators, or only others. */
  platform_admin?: boolean;
  name_prefix?: string;
}

export interface ListUsersResponse {
  users: User[];
  next_page_token: string;
}

/** Some of what an instance wrote, in order. Whole lines, except where one is longer than 16 KiB. */
export interface LogChunk {
  /** stdout or stderr. */
  stream: string;
  /** At most 64 KiB. */
  data: string;
  /** When its first line was written. */
  time?: string;
}

/** A user's place in a project. */
export interface Member {
  user_id: string;
  email: string;
  /** owner, admin, developer or viewer. */
  role: string;
  created_at?: string;
}

export interface MemoryStats {
  /** Without the part of the page cache that could be dropped at once. */
  used_bytes: string;
  limit_bytes: string;
}

export interface NetworkStats {
  rx_bytes: string;
  rx_packets: string;
  tx_bytes: string;
  tx_packets: string;
}

/** What an administrator hands to a user. */
export interface OneTimePassword {
  user?: User;
  /** Works for one sign-in, until expires_at. */
  password: string;
  expires_at?: string;
}

/** Who asked for what, how far it got and how it ended. */
export interface Operation {
  id: string;
  project_id: string;
  /** "<noun>.<verb>": "instance.create". */
  kind: string;
  resource_id: string;
  /** Id of the user or API key that asked. */
  requested_by: string;
  request_id: string;
  /** pending, running, succeeded, failed or superseded (a later operation took over). */
  state: string;
  steps: OperationStep[];
  error?: OperationError;
  created_at?: string;
  ended_at?: string;
  /** As it was when the operation began. Empty: the resource has none. */
  resource_name: string;
}

/** Why an operation failed, and what its caller can do next. */
export interface OperationError {
  reason: string;
  message: string;
  advice: string;
}

export interface OperationStep {
  name: string;
  /** running, succeeded or failed. */
  state: string;
  message: string;
  started_at?: string;
  ended_at?: string;
}

/** Processes and threads. */
export interface PidsStats {
  used: string;
  limit: string;
}

/** Everything a team makes lives in a project; projects never see each other. */
export interface Project {
  metadata: ResourceMetadata;
  /** The caller's role here. */
  role: string;
}

/** A port of the host that leads to a port of the instance. */
export interface PublishedPort {
  container_port: number;
  /** 0: the cloud chooses one (see status.ports), and another if it turns out that a program on the host holds that. */
  host_port: number;
  /** tcp (default) or udp. */
  protocol: string;
}

/** A port of the host that leads to a port of the instance. */
export interface PublishedPortInput {
  container_port: number;
  /** 0: the cloud chooses one (see status.ports), and another if it turns out that a program on the host holds that. */
  host_port?: number;
  /** tcp (default) or udp. */
  protocol?: 'tcp' | 'udp';
}

export interface ReadInstanceFilesRequest {
  /** Absolute: a file, or a directory with all that is in it. */
  path: string;
}

export interface ReadInstanceLogsRequest {
  /** Only the last so many lines; absent: all that is kept. 0, to follow: only what comes from now on. */
  tail?: number;
  /** Only what was written at this time or later. */
  since?: string | Date;
  /** Goes on with what is written next, over restarts, until the instance is deleted or the caller goes. */
  follow?: boolean;
  /** Puts the time at which it was written before each line: RFC 3339, and a space. */
  timestamps?: boolean;
}

export interface RegisterUserRequest {
  email: string;
  /** At least 12 characters; kept only as an argon2id hash. */
  password: string;
  name?: string;
}

export type RemoveMemberRequest = Record<string, never>;

export type RemoveMemberResponse = Record<string, never>;

export interface RenameSshKeyRequest {
  name: string;
  /** Refuse unless the key still has this metadata.version (over HTTP: If-Match). 0: whatever it has. */
  version?: number;
}

export type ResetUserPasswordRequest = Record<string, never>;

/** What every resource has. */
export interface ResourceMetadata {
  /** Typed, sortable, never reused: "ins_01j…". */
  id: string;
  /** Unique in its project among live resources of the kind. */
  name: string;
  project_id: string;
  labels: Record<string, string>;
  /** Counts changes of what is wanted; status.observed_generation follows it. */
  generation: number;
  /** Counts every change of the row; send it back (If-Match) to update only what you have seen. */
  version: number;
  created_at?: string;
  updated_at?: string;
  deleted_at?: string;
  /** The newest operation on this resource: GET /v1/operations/{id}. */
  operation_id: string;
  /** The resource of another service that this one was made for. Only its owner changes it. Absent: nobody's. */
  owner?: ResourceOwner;
}

/** What another service made a resource for. */
export interface ResourceOwner {
  /** The service: "database". */
  service: string;
  id: string;
}

export type RestartInstanceRequest = Record<string, never>;

export type RevokeAdministratorRequest = Record<string, never>;

export interface RunInstanceCommandRequest {
  /** Program and arguments. */
  command: string[];
  /** Added to the instance's own. */
  env?: Record<string, string>;
  working_dir?: string;
  user?: string;
  /** All of its standard input. */
  stdin?: string;
  /** Killed after so many seconds; 0: 30. */
  timeout_seconds?: number;
}

export interface RunInstanceCommandResponse {
  /** 128 and the signal's number when a signal ended it. */
  exit_code: number;
  /** The first MiB of it. */
  stdout: string;
  /** The first MiB of it. */
  stderr: string;
  /** It wrote more than that. */
  truncated: boolean;
  /** It did not end in time, and was killed. */
  timed_out: boolean;
}

export interface Session {
  id: string;
  /** "cloudsess_…", shown once: send it as `Authorization: Bearer`, with X-Project-Id to choose a project. */
  token: string;
  user?: User;
  expires_at?: string;
}

export type ShareImageRequest = Record<string, never>;

/** A public key that virtual machines let in. */
export interface SshKey {
  metadata: ResourceMetadata;
  /** As imported, without its comment. */
  public_key: string;
  /** ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, … */
  type: string;
  /** "SHA256:…", as ssh-keygen -l prints it. */
  fingerprint: string;
}

export type StartInstanceRequest = Record<string, never>;

export interface StopInstanceRequest {
  /** Seconds between SIGTERM and SIGKILL; absent: 10. */
  grace_seconds?: number;
}

export interface TerminalSize {
  rows?: number;
  columns?: number;
}

export type UncordonHostRequest = Record<string, never>;

export type UnshareImageRequest = Record<string, never>;

export interface UpdateInstanceRequest {
  name?: string;
  labels?: Record<string, string>;
  spec?: InstanceChanges;
  /** Paths such as "labels" and "spec.env". */
  update_mask?: (
    | 'name'
    | 'labels'
    | 'spec.type'
    | 'spec.image'
    | 'spec.entrypoint'
    | 'spec.command'
    | 'spec.env'
    | 'spec.ports'
    | 'spec.restart_policy'
    | 'spec.on_host_loss'
  )[];
  /** Refuse unless the instance still has this metadata.version (over HTTP: If-Match). 0: whatever it has. */
  version?: number;
}

export interface UpdateMemberRequest {
  role: 'owner' | 'admin' | 'developer' | 'viewer';
}

export interface UpdateProjectRequest {
  name?: string;
  labels?: Record<string, string>;
  update_mask?: ('name' | 'labels')[];
  /** Refuse unless the project still has this metadata.version (over HTTP: If-Match). 0: whatever it has. */
  version?: number;
}

/** The first message carries everything but `chunk`; the others carry only `chunk`. */
export interface UploadImageRequest {
  name?: string;
  labels?: Record<string, string>;
  /** For a root file system: what the image runs when an instance names no command. */
  command?: string[];
}

/** A person who can sign in. */
export interface User {
  id: string;
  email: string;
  name: string;
  /** Administers the installation: hosts, and nothing of other people's projects. */
  platform_admin: boolean;
  created_at?: string;
  /** active, or disabled: cannot sign in, and neither sessions nor API keys of this user work. */
  state: string;
  /** The password was set by an administrator: the next sign-in has to bring a new one. */
  must_change_password: boolean;
}

export interface WaitOperationRequest {
  /** 0: 30. */
  timeout_seconds?: number;
}

export interface WatchEventsRequest {
  /** Id of the last event seen; empty: from now on. */
  after?: string;
  /** Only types that begin with one of these: "thecloud.instance.". */
  type?: string[];
  /** Only about this resource: its id. */
  subject?: string;
}

export type WatchHostRequest = Record<string, never>;

export interface WatchHostsRequest {
  state?: 'joining' | 'ready' | 'suspect' | 'dead';
  name?: string;
  name_prefix?: string;
  /** "key=value"; all must match. */
  label?: string[];
  cordoned?: boolean;
}

export type WatchImageRequest = Record<string, never>;

export interface WatchImagesRequest {
  name?: string;
  state?: 'importing' | 'ready' | 'failed' | 'deleting';
  /** "key=value"; all must match. */
  label?: string[];
  /** Only those that the operator shares with all projects. */
  shared?: boolean;
  name_prefix?: string;
}

export type WatchInstanceRequest = Record<string, never>;

export interface WatchInstanceStatsRequest {
  /** Between two answers; 0: 1. */
  interval_seconds?: number;
}

export interface WatchInstancesRequest {
  state?: 'provisioning' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'deleting';
  name?: string;
  /** "key=value"; all must match. */
  label?: string[];
  host_id?: string;
  /** An instance type's name. */
  type?: string;
  /** An image's id or name. */
  image?: string;
  name_prefix?: string;
}

export type WatchOperationRequest = Record<string, never>;

export interface WatchOperationsRequest {
  /** Only those on this resource: its id, or a name that it has or had. */
  resource?: string;
  /** "instance.create". */
  kind?: string;
}

/** The first message carries everything but `chunk`; the others carry only `chunk`. */
export interface WriteInstanceFilesRequest {
  /** Absolute: the directory into which the archive is unpacked. */
  path?: string;
}

export interface WriteInstanceFilesResponse {
  /** Files, directories and links that were unpacked. */
  entries: number;
}
