import { entry, errorCatalogue } from '@thecloud/kernel';

/** "1 instance", "2 instances". */
const counted = (count: string, noun: string) => `${count} ${noun}${count === '1' ? '' : 's'}`;

/** What can go wrong in compute, as callers see it. Not allowed to know answers as not there. */
export const errors = errorCatalogue('compute.thecloud', {
  INSTANCE_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `There is no instance ${m.id} in this project. List them to see which there are.`,
  ),
  INSTANCE_NAME_TAKEN: entry<{ name: string }>(
    'ALREADY_EXISTS',
    (m) => `An instance named ${m.name} exists already. Choose another name, or delete that one.`,
    { field: 'name' },
  ),
  INSTANCE_ID_TAKEN: entry(
    'ALREADY_EXISTS',
    () =>
      'An instance of this id exists already, or is being made. Ask again; if that stays, choose another id.',
    { field: 'id' },
  ),
  INSTANCE_BEING_DELETED: entry<{ id: string }>(
    'FAILED_PRECONDITION',
    (m) => `Instance ${m.id} is being deleted and cannot change any more.`,
  ),
  INSTANCE_NOT_PLACED: entry<{ id: string; state: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Instance ${m.id} is ${m.state} and on no host now. Wait until it runs; its operation says what it waits for.`,
  ),
  HOST_UNREACHABLE: entry<{ id: string }>(
    'UNAVAILABLE',
    (m) =>
      `The host of instance ${m.id} does not answer. The instance may well run on; try again shortly, or read its state.`,
    { retryAfterSeconds: 5 },
  ),
  TOO_MANY_STREAMS: entry<{ limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `You have ${m.limit} open streams of logs, exec, stats and files in all projects, the most there may be. Close one first.`,
    { retryAfterSeconds: 5 },
  ),
  INSTANCE_TYPE_NOT_FOUND: entry<{ name: string; known: string }>(
    'NOT_FOUND',
    (m) => `There is no instance type ${m.name}. There are: ${m.known}.`,
  ),
  INSTANCE_TYPE_UNKNOWN: entry<{ name: string; known: string }>(
    'INVALID_ARGUMENT',
    (m) => `There is no instance type ${m.name}. Choose one of: ${m.known}.`,
    { field: 'spec.type' },
  ),
  INSTANCE_TYPE_TOO_LARGE: entry<{ name: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `No host of this cloud is large enough for ${m.name}. Choose a smaller type, or add a larger host.`,
    { field: 'spec.type' },
  ),
  HOST_TOO_FULL: entry<{ name: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `The instance's host has no room for ${m.name} beside what else it holds. Choose a smaller type, or launch a new instance of that type, which may be placed on another host.`,
    { field: 'spec.type' },
  ),
  PROGRAM_TOO_LARGE: entry<{ bytes: string; limit: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `Entrypoint, command and environment come to ${m.bytes} bytes, and no program can be started with more than ${m.limit}. Put large values into files of the image.`,
    { field: 'spec.env' },
  ),
  IMAGE_UNKNOWN: entry<{ image: string }>(
    'INVALID_ARGUMENT',
    (m) => `There is no image ${m.image} in this project. Import it first, or list the images there are.`,
    { field: 'spec.image' },
  ),
  IMAGE_NOT_READY: entry<{ image: string; state: string }>(
    'FAILED_PRECONDITION',
    (m) => `Image ${m.image} is ${m.state}, not ready. Wait for it, or import it again.`,
    { field: 'spec.image' },
  ),
  IMAGE_NOT_FOUND: entry<{ id: string }>('NOT_FOUND', (m) => `There is no image ${m.id} in this project.`),
  IMAGE_COPY_NOT_READY: entry<{ id: string; state: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Image ${m.id} is ${m.state}, and only a ready image can be copied. Wait for it, or copy another one.`,
    { field: 'image_id' },
  ),
  IMAGE_COPY_NEEDS_SESSION: entry<{ project: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `An API key belongs to one project and reads no image of project ${m.project}. Sign in as a user who is a member of both projects: cloud login.`,
    { field: 'project_id' },
  ),
  IMAGE_NAME_TAKEN: entry<{ name: string }>(
    'ALREADY_EXISTS',
    (m) => `An image named ${m.name} exists already. Choose another name, or delete that one.`,
    { field: 'name' },
  ),
  IMAGE_IN_USE: entry<{ image: string; instances: string }>(
    'FAILED_PRECONDITION',
    (m) => `Image ${m.image} is used by ${counted(m.instances, 'instance')}. Delete all that use it first.`,
  ),
  IMAGE_SOURCE_REFUSED: entry<{ source: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `${m.source} is the cloud's own registry, which holds other projects' images too. Import from where the image came from.`,
    { field: 'spec.source' },
  ),
  IMAGE_SHARED: entry<{ id: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Image ${m.id} is shared with all projects, and only the operator changes it: cloud image unshare ${m.id}.`,
  ),
  IMAGE_SHARED_NAME_TAKEN: entry<{ id: string }>(
    'ALREADY_EXISTS',
    (m) =>
      `Another image of the name of ${m.id} is shared with all projects already. Unshare that one first, or share this under another name.`,
  ),
  IMAGE_SOURCE_NOT_PUBLIC: entry<{ source: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `${m.source} is at an address that is not public, and this cloud does not connect there. Import from a public registry, upload the image, or ask your operator to allow the address (THECLOUD_EGRESS_ALLOW).`,
    { field: 'spec.source' },
  ),
  IMAGE_ARCHIVE_INVALID: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `The upload is not a usable tarball: ${m.why}. Send a root file system, a docker save or an OCI archive.`,
    { field: 'chunk' },
  ),
  IMAGE_PLATFORM_UNSUPPORTED: entry<{ found: string; wanted: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `The image is for ${m.found}, but the hosts of this cloud run ${m.wanted}. Build or choose one for ${m.wanted}.`,
  ),
  IMAGE_CONFIG_INVALID: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) => `The configuration of the image cannot be used: ${m.why}. Build the image again with a valid one.`,
  ),
  IMAGE_INVALID: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) => `Hosts cannot run the image: ${m.why}. Build it again.`,
  ),
  REGISTRY_UNAVAILABLE: entry(
    'UNAVAILABLE',
    () =>
      'The registry of the cloud takes no images now: it collects garbage, is restarted or is away. Try again shortly.',
    { retryAfterSeconds: 5 },
  ),
  IMAGE_TOO_LARGE: entry<{ limitMib: string }>(
    'INVALID_ARGUMENT',
    (m) => `The upload is larger than the ${m.limitMib} MiB allowed.`,
    { field: 'chunk' },
  ),
  IMAGE_UPLOADS_BUSY: entry(
    'RESOURCE_EXHAUSTED',
    () =>
      'As many images as this cloud takes at once, in all or of one person, are being uploaded. Try again when one is done.',
    { retryAfterSeconds: 30 },
  ),
  IMAGE_UPLOAD_TOO_SLOW: entry<{ idleSeconds: string; kibPerSecond: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `The upload came too slowly: nothing came for ${m.idleSeconds} seconds, or less than ${m.kibPerSecond} KiB a second on average. Send it again over a faster connection, or import the image from a registry.`,
    { field: 'chunk' },
  ),
  IMAGE_COPIES_BUSY: entry(
    'RESOURCE_EXHAUSTED',
    () =>
      'As many images as this cloud copies at once, in all or of one person, are being copied. Try again when one is done.',
    { retryAfterSeconds: 1 },
  ),
  IMAGE_LIMIT: entry<{ limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `This project has ${m.limit} images already, failed ones included, the most that a project may have. Delete some, or ask your operator for more (THECLOUD_IMAGES_OF_PROJECT).`,
  ),
  IMAGE_STORAGE_LIMIT: entry<{ limitMib: string; usedMib: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `The images of a project may come to ${m.limitMib} MiB, and those of this one come to ${m.usedMib} MiB without the new one, which has no room. Deleted images count for a day, until the registry has freed them. Delete some, or ask your operator for more (THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT).`,
  ),
  IMAGE_STORAGE_LIMIT_OF_PERSON: entry<{ limitMib: string; usedMib: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `The images of one person in all projects may come to ${m.limitMib} MiB, and yours come to ${m.usedMib} MiB without the new one, which has no room. Deleted images count for a day, until the registry has freed them. Delete some, or ask your operator for more (THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON).`,
  ),
  IMAGE_NEVER_FITS: entry<{ mostMib: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `As sent or unpacked, the image is larger than the ${m.mostMib} MiB that the cloud's disk has for one image when it is empty. Make the image smaller, or ask your operator for a larger disk (THECLOUD_SPOOL_DIR).`,
  ),
  IMAGE_SPOOL_FULL: entry(
    'RESOURCE_EXHAUSTED',
    () =>
      'The cloud has not enough free disk space to take this upload. Try again later, make the image smaller, or ask your operator to free space.',
    { retryAfterSeconds: 60 },
  ),
  HOST_PORT_TAKEN: entry<{ port: string }>(
    'ALREADY_EXISTS',
    (m) => `Host port ${m.port} is taken on every host. Choose another, or 0 to be given a free one.`,
    { field: 'spec.ports' },
  ),
  HOST_PORTS_USED_UP: entry(
    'FAILED_PRECONDITION',
    () => 'Its host has too few ports left to choose from. Publish fewer, or name ports that are free there.',
    { field: 'spec.ports' },
  ),
  PORT_REPEATED: entry<{ port: string }>(
    'INVALID_ARGUMENT',
    (m) => `Port ${m.port} is published more than once. Name each port once.`,
    { field: 'spec.ports' },
  ),
  NOTHING_TO_UPDATE: entry(
    'INVALID_ARGUMENT',
    () =>
      'The update names no field. Send at least one of name, labels, spec.type, spec.image, spec.entrypoint, spec.command, spec.env, spec.ports, spec.restart_policy, spec.on_host_loss.',
    { field: 'update_mask' },
  ),
  HOST_NOT_EMPTY: entry<{ name: string; count: string; carried: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Host ${m.name} carries ${counted(m.count, 'instance')}: ${m.carried}. Cordon it, have members of their projects delete them, then remove it.`,
  ),
  HOST_REMOVED: entry<{ id: string }>(
    'PERMISSION_DENIED',
    (m) => `Host ${m.id} was removed. Announce it anew, and have its agent join with the new token.`,
  ),
  ENDPOINT_TAKEN: entry<{ endpoint: string; name: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Host ${m.name} is reached at ${m.endpoint}. Give this host's agent an address of its own (THECLOUD_AGENT_ADVERTISED_HOST, or another port).`,
  ),
  HOST_NOT_FOUND: entry<{ id: string }>('NOT_FOUND', (m) => `There is no host ${m.id}.`),
  SSH_KEY_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `There is no SSH key ${m.id} in this project.`,
  ),
  SSH_KEY_NAME_TAKEN: entry<{ name: string }>(
    'ALREADY_EXISTS',
    (m) => `An SSH key named ${m.name} exists already. Choose another name.`,
    { field: 'name' },
  ),
  SSH_KEY_KNOWN: entry(
    'ALREADY_EXISTS',
    () => 'This very key has been imported already, under another name.',
    { field: 'public_key' },
  ),
  SSH_KEY_INVALID: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) => `Not a public key that can be used: ${m.why}.`,
    { field: 'public_key' },
  ),
  REGISTRY_FAILED: entry<{ why: string }>('UNAVAILABLE', (m) => `The image could not be copied: ${m.why}.`, {
    retryAfterSeconds: 5,
  }),
  PROJECT_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `Project ${m.id} is not the one that you work in (X-Project-Id), or it was not found.`,
  ),
  PROJECT_NOT_EMPTY: entry<{ owned: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The project still has ${m.owned}. Delete these first, or the project with all that is in it: cascade (--cascade).`,
  ),
});
