import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { computeV1 } from '@thecloud/api';
import { idOf } from '../api';
import type { Body, Api } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
let viewer: Api;
/** Has ended at once, with a line of output, and everything about it is settled. */
let secretive: Body;

const SECRETS = ['hunter2', 'correct horse', 'exit 3'];
const secretsIn = (answer: unknown): string[] => {
  const text = JSON.stringify(answer);
  return SECRETS.filter((secret) => text.includes(secret));
};

async function apiOfRole(role: string): Promise<Api> {
  const { body } = await cloud.admin.call('POST', '/v1/api-keys', { name: role, role });
  return cloud.as(body.secret ?? '');
}

beforeAll(async () => {
  cloud = await sharedCloud();
  viewer = await apiOfRole('viewer');
  await cloud.importStarter();
  const made = await cloud.admin.launch('secretive', {
    command: ['/bin/server', '--password', 'hunter2'],
    env: { PASSWORD: 'correct horse', NOOP_EXIT_AFTER_MS: '0', NOOP_EXIT_CODE: '3' },
    restart_policy: 'never',
  });
  await cloud.admin.call('GET', `/v1/operations/${made.metadata?.operation_id}:wait`);
  secretive = await cloud.admin.reaches(idOf(made), 'failed');
});

const operationId = () => secretive.metadata?.operation_id ?? '';

/** Every way in which an instance, and what became of it, is told. */
const tellings: ReadonlyArray<[string, (api: Api) => Promise<unknown>]> = [
  ['get', (api) => api.call('GET', `/v1/instances/${idOf(secretive)}`)],
  ['list', (api) => api.call('GET', '/v1/instances')],
  ['filtered list', (api) => api.call('GET', '/v1/instances?name=secretive')],
  ['watch of one', (api) => api.lines(`/v1/instances/${idOf(secretive)}:watch`, 1)],
  ['watch of all', (api) => api.lines('/v1/instances:watch', 1)],
  ['get over gRPC', getOverGrpc],
  ['operation', (api) => api.call('GET', `/v1/operations/${operationId()}`)],
  ['operations', (api) => api.call('GET', '/v1/operations')],
  ['wait for the operation', (api) => api.call('GET', `/v1/operations/${operationId()}:wait`)],
  ['watch of the operation', (api) => api.lines(`/v1/operations/${operationId()}:watch`)],
];

it.each(tellings)(
  '%s tells a developer of secrets and output, and a viewer nothing of them',
  async (_, ask) => {
    expect(secretsIn(await ask(cloud.admin))).not.toEqual([]);
    expect(secretsIn(await ask(viewer))).toEqual([]);
    expect(secretsIn(await ask(cloud.admin))).not.toEqual([]);
  },
);

it('events tell nobody', async () => {
  const events = await cloud.database.query('select events::text from compute.outbox');
  expect(JSON.stringify(events)).toContain('The program ended with code 3');
  expect(secretsIn(events)).toEqual([]);
});

it('a viewer sees which variables there are, and what is hidden', async () => {
  const { spec, status } = (await viewer.call('GET', `/v1/instances/${idOf(secretive)}`)).body;
  expect(spec?.['env']).toEqual({ PASSWORD: '', NOOP_EXIT_AFTER_MS: '', NOOP_EXIT_CODE: '' });
  expect(status).toMatchObject({
    message: expect.stringMatching(/^The program ended with code 3 after [\d.]+ s\.$/) as string,
    hidden_fields: ['spec.command', 'spec.env', 'status.message'],
  });
  expect(secretive.spec).toMatchObject({ command: ['/bin/server', '--password', 'hunter2'] });
  expect(secretive.status).toMatchObject({ hidden_fields: [] });
});

it('a source with a password in it is refused before it is kept', async () => {
  const spec = { source: 'ada:hunter2@registry.example/app:1' };
  const answer = await cloud.admin.call('POST', '/v1/images', { name: 'private', spec });
  expect(answer).toMatchObject({ status: 400, body: { violations: [{ field: 'spec.source' }] } });
});

function getOverGrpc(api: Api): Promise<unknown> {
  const client = new Client(cloud.grpcAddress, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-api-key', api.key);
  const { path, requestSerialize, responseDeserialize } = computeV1.InstanceServiceService.getInstance;
  const request = { id: idOf(secretive) };
  const deadline = { deadline: Date.now() + 20_000 };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      deadline,
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
  }).finally(() => client.close());
}
