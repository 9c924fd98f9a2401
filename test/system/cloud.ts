import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashSync } from 'bcryptjs';
import { serviceManifests, starterCommand, starterImage } from '@thecloud/all-in-one';
import { docker, freePort, registry, spareBridge } from '@thecloud/engines';
import type { Engine, RegistryEngine } from '@thecloud/engines';
import { createJoinToken, issueEngineCertificate, seed } from '@thecloud/identity';
import { newId } from '@thecloud/kernel';
import type { ServiceManifest } from '@thecloud/service-kit';
import { startTestIdentity, testConfig, testDatabase, testEngines } from '@thecloud/testkit';
import type { TestDatabase, TestEngines } from '@thecloud/testkit';
import { Api, idOf } from './api';
import type { Body } from './api';
import { Part } from './part';

export interface CloudOptions {
  /** What hosts run instances with. docker: a Docker Engine of the test's own. */
  readonly driver: 'noop' | 'docker';
  /** Gateway, compute and agents as processes of their own: a test can kill them, and run clouds side by side. */
  readonly processes?: boolean;
  /** Of identity, compute and the gateway, each; two unless they are processes of their own. */
  readonly replicas?: number;
  /** Those processes note every step they pass, and can be told to crash at one. */
  readonly failpoints?: boolean;
  /** What services see the databases through, so that a test can come between. */
  readonly databaseThrough?: (url: string) => string;
  /** What images may be imported from besides public addresses: THECLOUD_EGRESS_ALLOW. */
  readonly egressAllow?: string;
  /** A silent host is given up after so long; the service's default otherwise. */
  readonly fenceSeconds?: number;
  /** Further settings of compute. */
  readonly compute?: Readonly<Record<string, string | number>>;
}

/** The whole cloud on real engines, reached through its gateway. */
export interface Cloud {
  readonly engines: TestEngines;
  readonly database: TestDatabase;
  readonly url: string;
  /** host:port of its gRPC API. */
  readonly grpcAddress: string;
  /** As an owner in the first project, who also administers the installation. */
  readonly admin: Api;
  /** As an owner of another project, who is nobody special. */
  readonly stranger: Api;
  readonly compute: Part;
  readonly agent: Part;
  readonly hostId: string;
  readonly registryAddress: string;
  readonly registryPassword: string;
  readonly registry: RegistryEngine;
  /** Undefined with noop. */
  readonly dockerEngine: Engine | undefined;
  /** Of identity's gRPC server. */
  readonly identityPort: number;
  /** Of identity's enrolment port. */
  readonly enrollPort: number;
  /** Of the Docker Engine; empty with noop. */
  readonly dockerSocket: string;
  /** The same cloud as others see it, who share nothing with the first ones but the administrator's account. */
  withTenantsOfItsOwn(projectName: string): Promise<Cloud>;
  /** Under another credential. */
  as(key: string): Api;
  /** Another noop host. */
  addHost(vcpus: number, memoryMib: number): Promise<Part>;
  /** Imports the starter image, as `starter` unless told otherwise. */
  importStarter(api?: Api, name?: string): Promise<Body>;
  /** Has the registry lose an image, and nobody told. */
  loseImage(image: Body): Promise<void>;
  close(): Promise<void>;
}

const REGISTRY_USER = 'thecloud';

/** A test drives one key from one address as hard as it can. */
const noLimits = {
  THECLOUD_GATEWAY_RATE_KEY: '10000',
  THECLOUD_GATEWAY_RATE_PROJECT: '10000',
  THECLOUD_GATEWAY_RATE_ADDRESS: '10000',
  THECLOUD_GATEWAY_SERVED_AT_ONCE: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_PROJECT: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: '1000',
};

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const engines = await testEngines();
  const closers: Array<() => Promise<unknown>> = [() => engines.close()];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    return await build(engines, closers, close, options);
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function build(
  engines: TestEngines,
  closers: Array<() => Promise<unknown>>,
  close: () => Promise<void>,
  {
    driver,
    processes = false,
    replicas = processes ? 1 : 2,
    failpoints = false,
    databaseThrough = (url) => url,
    egressAllow,
    fenceSeconds,
    compute: settings = {},
  }: CloudOptions,
): Promise<Cloud> {
  const identity = await startTestIdentity(engines, {}, databaseThrough);
  closers.push(() => identity.close());
  for (let n = 1; n < replicas; n++) await identity.addReplica();
  const images = await startRegistry(engines);
  closers.push(() => images.engine.destroy());
  const dockerEngine =
    driver === 'docker'
      ? docker({ dir: engines.dir, adopt: false, bridge: spareBridge(), iptables: false, userns: true })
      : undefined;
  await dockerEngine?.start();
  if (dockerEngine) closers.push(() => dockerEngine.destroy());
  const dockerSocket = dockerEngine?.endpoint.replace(/^unix:\/\//, '') ?? '';

  const { enrollPort } = identity.served;
  const failpointsOf = (name: string) => ({
    THECLOUD_FAILPOINTS: failpoints ? join(engines.dir, 'failpoints', name) : undefined,
  });
  const settingsOf: Record<string, Record<string, string | number | undefined>> = {
    compute: {
      THECLOUD_IMAGE_LIMIT_MIB: '64',
      THECLOUD_EGRESS_ALLOW: egressAllow,
      THECLOUD_HOST_FENCE_SECONDS: fenceSeconds,
      ...settings,
    },
  };
  const startReplica = async (manifest: ServiceManifest, database: TestDatabase, n: number) => {
    const { name } = manifest;
    const part = new Part(name, processes, {
      ...(await testConfig(engines, database, name, enrollPort)),
      THECLOUD_DATABASE_URL: databaseThrough(database.url),
      ...placesOf(manifest, join(engines.dir, `${name}-${n}`), images),
      ...settingsOf[name],
      ...failpointsOf(name),
    });
    await part.start();
    closers.push(() => part.stop());
    await part.serving();
    return part;
  };
  const startService = async (manifest: ServiceManifest) => {
    const database = await testDatabase(manifest.name, manifest.migrationsFolder);
    closers.push(() => database.close());
    const part = await startReplica(manifest, database, 0);
    for (let n = 1; n < replicas; n++) await startReplica(manifest, database, n);
    return { part, database };
  };
  const services = new Map<string, Awaited<ReturnType<typeof startService>>>();
  for (const manifest of serviceManifests.filter(({ name }) => name !== 'identity'))
    services.set(manifest.name, await startService(manifest));
  const { part: compute, database } = services.get('compute')!;

  const newAgent = async (settings: Record<string, string>): Promise<{ part: Part; hostId: string }> => {
    const hostId = newId('host');
    const common = await testConfig(engines, database, 'agent', enrollPort);
    const joinToken = await createJoinToken({ secretsDir: engines.secretsDir, kind: 'agent', name: hostId });
    writeFileSync(common.THECLOUD_JOIN_TOKEN_PATH, joinToken, { mode: 0o600 });
    const part = new Part('agent', processes, {
      ...common,
      THECLOUD_AGENT_DATA_DIR: join(engines.dir, hostId),
      THECLOUD_AGENT_REGISTRY_AUTH_FILE: images.loginFile,
      ...failpointsOf(hostId),
      ...settings,
    });
    await part.start();
    closers.push(() => part.stop());
    await part.serving();
    return { part, hostId };
  };
  const first = await newAgent({ THECLOUD_AGENT_DRIVER: driver, THECLOUD_AGENT_DOCKER_SOCKET: dockerSocket });

  const newGateway = async (): Promise<{ url: string; grpcAddress: string }> => {
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const part = new Part('gateway', processes, {
      ...(await testConfig(engines, database, 'gateway', enrollPort)),
      THECLOUD_GATEWAY_HTTP_ADDRESS: `127.0.0.1:${httpPort}`,
      THECLOUD_GATEWAY_GRPC_ADDRESS: `127.0.0.1:${grpcPort}`,
      ...noLimits,
    });
    await part.start();
    closers.push(() => part.stop());
    await part.serving();
    return { url: `http://127.0.0.1:${httpPort}`, grpcAddress: `127.0.0.1:${grpcPort}` };
  };
  const { url, grpcAddress } = await newGateway();
  const urls = [url];
  for (let n = 1; n < replicas; n++) urls.push((await newGateway()).url);

  const { url: databaseUrl, password: databasePassword, caFile } = identity.database;
  const account = { databaseUrl, databasePassword, caFile, password: randomUUID(), keyName: 'test' };
  const newAdmin = async (projectName: string): Promise<Api> => {
    const { apiKey = '' } = await seed({ ...account, email: 'admin@example.com', projectName });
    return new Api(url, apiKey, urls);
  };
  const admin = await newAdmin('first');
  await admin.until('GET', `/v1/hosts/${first.hostId}`, ({ body }) => body.status?.state === 'ready');
  const stranger = await newTenant(urls);

  const cloud: Cloud = {
    engines,
    database,
    url,
    grpcAddress,
    admin,
    stranger,
    compute,
    agent: first.part,
    hostId: first.hostId,
    identityPort: identity.served.port,
    enrollPort,
    registryAddress: images.address,
    registryPassword: images.password,
    registry: images.engine,
    dockerEngine,
    dockerSocket,
    as: (key) => new Api(url, key, urls),
    addHost: async (vcpus, memoryMib) => {
      const size = {
        THECLOUD_AGENT_NOOP_VCPUS: String(vcpus),
        THECLOUD_AGENT_NOOP_MEMORY_MIB: String(memoryMib),
      };
      const { part, hostId } = await newAgent({ THECLOUD_AGENT_DRIVER: 'noop', ...size });
      await admin.until('GET', `/v1/hosts/${hostId}`, ({ body }) => body.status?.state === 'ready');
      return part;
    },
    importStarter: async (api = admin, name = 'starter') => {
      const command = starterCommand.map((word) => `command=${encodeURIComponent(word)}`).join('&');
      const answer = await api.upload(`/v1/images:upload?name=${name}&${command}`, await starterImage());
      if (answer.status !== 201)
        throw new Error(`the starter image was refused: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    loseImage: async (image) => {
      const reference = `docker://${images.address}/images/${idOf(image)}@${image.status?.digest}`;
      const login = ['--creds', `${REGISTRY_USER}:${images.password}`];
      await promisify(execFile)('skopeo', ['delete', '--tls-verify=false', ...login, reference]);
    },
    withTenantsOfItsOwn: async (projectName) => {
      const owner = await newAdmin(projectName);
      const stranger = await newTenant(urls);
      return {
        ...cloud,
        admin: owner,
        stranger,
        importStarter: (api = owner, name) => cloud.importStarter(api, name),
      };
    },
    close,
  };
  return cloud;
}

/** An account, a session, a key: as a newcomer makes them. */
async function newTenant(urls: readonly string[]): Promise<Api> {
  const [url = ''] = urls;
  const nobody = new Api(url, '');
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  await nobody.call('POST', '/v1/users', account);
  const session = new Api(url, (await nobody.call('POST', '/v1/sessions', account)).body.token ?? '');
  const [project] = (await session.call('GET', '/v1/projects')).body.projects ?? [];
  const key = await session.call(
    'POST',
    '/v1/api-keys',
    { name: 'test', role: 'owner' },
    { 'x-project-id': project?.metadata?.id ?? '' },
  );
  return new Api(url, key.body.secret ?? '', urls);
}

/** Any free ports, directories of its own, and the engines it stands on. */
function placesOf(
  { name, ports, directories, engines }: ServiceManifest,
  dir: string,
  images: { address: string; password: string },
): Record<string, string> {
  const listens = Object.keys(ports).filter((port) => port !== `${name}Ops`);
  return {
    ...Object.fromEntries(listens.map((port) => [`THECLOUD_${port.toUpperCase()}_ADDRESS`, '127.0.0.1:0'])),
    ...Object.fromEntries(
      Object.entries(directories).map(([setting, directory]) => [setting, join(dir, directory)]),
    ),
    ...(engines.includes('registry')
      ? {
          THECLOUD_REGISTRY_ADDRESS: images.address,
          THECLOUD_REGISTRY_USERNAME: REGISTRY_USER,
          THECLOUD_REGISTRY_PASSWORD: images.password,
        }
      : {}),
  };
}

async function startRegistry(
  engines: TestEngines,
): Promise<{ engine: RegistryEngine; address: string; password: string; loginFile: string }> {
  const { secretsDir, dir } = engines;
  const password = randomBytes(16).toString('hex');
  const { cert, key, ca } = await issueEngineCertificate({
    secretsDir,
    outDir: join(dir, 'registry-tls'),
    name: 'registry',
  });
  const port = await freePort();
  const htpasswd = `${REGISTRY_USER}:${hashSync(password, 5)}\n`;
  const engine = registry({ dir, port, tls: { cert, key, ca }, htpasswd });
  await engine.start();
  const address = `127.0.0.1:${port}`;
  mkdirSync(dir, { recursive: true });
  const loginFile = join(dir, 'registry-login.json');
  writeFileSync(loginFile, JSON.stringify({ [address]: { username: REGISTRY_USER, password } }), {
    mode: 0o600,
  });
  return { engine, address, password, loginFile };
}
