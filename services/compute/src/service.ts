import { identityV1 } from '@thecloud/api';
import {
  createClient,
  EgressGuard,
  layFoundation,
  projectContentRpc,
  reportService,
  serve,
  StoredReports,
} from '@thecloud/service-kit';
import type { Foundation, Served, Tx } from '@thecloud/service-kit';
import type { ComputeConfig } from './config';
import { Agents } from './host/agents';
import { hostChanged } from './host/host.changes';
import { HostController } from './host/host.controller';
import { hostRepo } from './host/host.repo';
import { LargestHost } from './host/largest-host';
import type { HostSize } from './host/largest-host';
import { hostRpc } from './host/host.rpc';
import { HostLiveness } from './host/liveness';
import { ReportedInstances } from './host/reported-instances';
import { reportRpc } from './host/report.rpc';
import type { PermissionsIn } from './image/copy-image';
import { ImageController } from './image/image.controller';
import { imageRepo } from './image/image.repo';
import { ImageSweepController } from './image/image-sweep.controller';
import { imageChanged } from './image/image.changes';
import { imageRpc } from './image/image.rpc';
import { Registry } from './image/registry';
import { RegistryContents } from './image/registry-contents';
import { SpoolDisk } from './image/spool-disk';
import { AdmissionSlots, TurnSlots } from './image/upload-slots';
import { announcePlaced, instanceChanged } from './instance/instance.changes';
import { InstanceController } from './instance/instance.controller';
import { INSTANCE } from './instance/instance.order';
import { instanceRepo } from './instance/instance.repo';
import type { InstanceRow } from './instance/instance.repo';
import { instanceRpc } from './instance/instance.rpc';
import { ownedInstanceRpc } from './instance/owned-instance.rpc';
import { instanceTypeRpc } from './instance-type/instance-type.rpc';
import { errors } from './errors';
import { hostReport, tables } from './kit.schema';
import { Placer } from './placement/placer';
import { lockAndClose } from './project/close-with-content';
import { ownedKinds } from './project/owned-kinds';
import { projectDeletionRpc } from './project/project-deletion.rpc';
import { ProjectController } from './project/project.controller';
import type { RemoveProject } from './project/close-project';
import { sshKeyRpc } from './ssh-key/ssh-key.rpc';

/** For identity to remove a project, in ms. */
const REMOVAL_MS = 5_000;

/** For identity to say what a user may do in a project, in ms. */
const ACCESS_MS = 5_000;

/** Images copied at the same time; a copy costs the registry some requests and no disk. */
const COPIES_AT_ONCE = 16;

/** Starts the compute service: hosts, images and instances, and the controllers that make them true. */
export async function start(config: ComputeConfig): Promise<Served> {
  const f = await layFoundation({
    service: 'compute',
    config,
    tables,
    enterProject: 'compute.enter_project',
  });
  const { db, work, operations, certificates, log } = f;
  const fenceMs = config.THECLOUD_HOST_FENCE_SECONDS * 1000;
  const agents = new Agents(certificates);
  const liveness = new HostLiveness(f.etcd, log);
  const authority = createClient(identityV1.CertificateServiceClient, {
    target: 'thecloud:///identity',
    credentials: certificates.channelCredentials(),
    serverKind: 'identity',
  });
  const removal = createClient(identityV1.ProjectRemovalServiceClient, {
    target: 'thecloud:///identity',
    credentials: certificates.channelCredentials(),
    serverKind: 'identity',
  });
  const removeProject: RemoveProject = (id, requestedBy, signal) =>
    removal.removeProject({ id, requestedBy }, { timeoutMs: REMOVAL_MS, ...(signal ? { signal } : {}) });
  const access = createClient(identityV1.ProjectAccessServiceClient, {
    target: 'thecloud:///identity',
    credentials: certificates.channelCredentials(),
    serverKind: 'identity',
  });
  const permissionsIn: PermissionsIn = async (userId, projectId, signal) =>
    (await access.getProjectAccess({ userId, projectId }, { timeoutMs: ACCESS_MS, signal })).permissions;
  const registryOptions = {
    address: config.THECLOUD_REGISTRY_ADDRESS,
    username: config.THECLOUD_REGISTRY_USERNAME,
    password: config.THECLOUD_REGISTRY_PASSWORD,
    caFile: config.THECLOUD_CA_FILE,
    spoolDir: config.THECLOUD_SPOOL_DIR,
  };
  const registry = new Registry(registryOptions);
  const images = {
    registry,
    contents: new RegistryContents(registryOptions),
    guard: new EgressGuard({ allow: config.THECLOUD_EGRESS_ALLOW }),
    limitMib: config.THECLOUD_IMAGE_LIMIT_MIB,
    unpackedLimitMib: config.THECLOUD_IMAGE_UNPACKED_LIMIT_MIB,
    ...imageBounds(config),
    changed: imageChanged(f.changes),
    permissionsIn,
    usedBy: instanceRepo.countByImage,
  };
  const changed = instanceChanged(f.changes);
  const hint = (tx: Tx, { id, projectId }: InstanceRow) => f.changes.hint(tx, 'instance', id, projectId);
  const observing = { operations, work, changed, hint };
  const instancesOnHosts = new ReportedInstances({ ...observing, db });
  const storedReports = new StoredReports(db, hostReport);
  const changedHost = hostChanged(f.changes);
  const instances = { ...instancePorts(f, registry), changed };

  const kinds = ownedKinds(f, { instances, images: { ...f, ...images } });

  const served = await serve(f, {
    address: config.THECLOUD_COMPUTE_ADDRESS,
    services: [
      instanceTypeRpc(),
      imageRpc(f, images),
      hostRpc(f, changedHost, authority),
      reportRpc(f, instancesOnHosts, changedHost, liveness, fenceMs),
      reportService({ stored: storedReports, kinds: { [INSTANCE]: instancesOnHosts } }),
      instanceRpc(f, instances, agents),
      ownedInstanceRpc(f, instances),
      sshKeyRpc(f),
      projectDeletionRpc(f, kinds, removeProject),
      projectContentRpc({ db, kinds, close: lockAndClose, closingScope: 'system' }),
    ],
    engines: { registry: () => registry.answers() },
    reconcilers: [
      new InstanceController({
        ...observing,
        db,
        agents,
        placer: new Placer(db, work, announcePlaced(operations, changed)),
      }),
      new ImageController({
        ...{ ...images, db, work, operations, log },
        importsAtOnce: config.THECLOUD_IMAGE_IMPORTS_AT_ONCE,
      }),
      new ProjectController({ db, work, operations, kinds, remove: removeProject }),
      new ImageSweepController({ ...images, db, work, log }),
      new HostController({ db, work, agents, liveness, authority, log, fenceMs, changed: changedHost }),
    ],
  });
  await liveness.watch((hostId) => void wakeHost(f, hostId));
  return {
    ...served,
    close: async () => {
      await liveness.close();
      await served.close();
      agents.close();
      authority.close();
      removal.close();
      access.close();
    },
  };
}

/** What the images of tenants may take of the service. */
function imageBounds(config: ComputeConfig) {
  return {
    quota: {
      images: config.THECLOUD_IMAGES_OF_PROJECT,
      mib: config.THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT,
      personMib: config.THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON,
    },
    receptions: new AdmissionSlots(config.THECLOUD_IMAGE_RECEPTIONS_AT_ONCE, () =>
      errors.IMAGE_UPLOADS_BUSY({}),
    ),
    unpackings: new TurnSlots(config.THECLOUD_IMAGE_UPLOADS_AT_ONCE),
    copies: new AdmissionSlots(COPIES_AT_ONCE, () => errors.IMAGE_COPIES_BUSY({})),
    pace: {
      idleMs: config.THECLOUD_IMAGE_UPLOAD_IDLE_SECONDS * 1000,
      bytesPerSecond: config.THECLOUD_IMAGE_UPLOAD_MIN_KIB_PER_SECOND * 1024,
    },
    disk: new SpoolDisk(),
  };
}

/** The parts of the installation that instances depend on. */
function instancePorts(f: Foundation, registry: Registry) {
  const largest = new LargestHost(() => f.db.read('system', hostRepo.largest));
  return {
    operations: f.operations,
    work: f.work,
    images: imageRepo,
    imageReference: (image: { id: string; digest: string }) => registry.reference(image.id, image.digest),
    fleet: {
      largest: (wanted: HostSize) => largest.find(wanted),
      portsTaken: (ports: Parameters<typeof instanceRepo.portsTakenEverywhere>[1], tx?: Tx) =>
        tx
          ? instanceRepo.portsTakenEverywhere(tx, ports)
          : f.db.read('system', (read) => instanceRepo.portsTakenEverywhere(read, ports)),
    },
  };
}

/** A host's lease began or ended: have it looked at. A database that is away finds out by resync. */
async function wakeHost(f: Foundation, hostId: string): Promise<void> {
  await f.db
    .write('system', (tx) => f.work.enqueue(tx, 'host', hostId))
    .catch((err: unknown) => f.log.warn({ err, hostId }, 'could not have a host looked at'));
}
