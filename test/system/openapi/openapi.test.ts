import fc from 'fast-check';
import { methods } from '@thecloud/api';
import { idOf } from '../api';
import type { Body } from '../api';
import { startCloud } from '../cloud';
import type { Cloud } from '../cloud';
import { Conformance } from './conformance';
import type { Answer } from './conformance';
import { operationsOf } from './document';
import type { OpenApi, Operation } from './document';
import { Requests } from './requests';
import type { Request } from './requests';

/** Of each kind, for each route. Hashing passwords and waiting take their time on purpose: fewer of these. */
const RUNS = 20;
const SLOW_RUNS = 5;
/** So often as many again are made up, until the route has done what one of them asks. */
const MOST_ROUNDS = 10;
const slow = new Set([
  'RegisterUser',
  'CreateUser',
  'ResetUserPassword',
  'ChangePassword',
  'CreateSession',
  'WaitOperation',
]);

/** Ask more of a field than the schema can say: that it is there, or that it names a type of instance. */
const requireMore = new Set([
  ...['CreateImage', 'UploadImage', 'WriteInstanceFiles'], // one message serves these and others
  ...['ListInstances', 'WatchInstances', 'ListHostInstances'],
]);

/** How long a stream is given to say something. */
const STREAM_MS = 100;

jest.setTimeout(300_000);
let cloud: Cloud;
let document: OpenApi;
let conformance: Conformance;
/** Ids of what there is, by collection: what is given back in paths. */
const known = new Map<string, string[]>();
const succeeded = new Set<string>();
/** Chance makes up none of what these need; each has a test of its own. */
const beyondChance = [
  ...['UploadImage', 'WriteInstanceFiles'], // a tarball
  ...['GetInstanceFile', 'ReadInstanceFiles'], // a path that is there
  'CopyImage', // the id of an image, in the body
  'RunInstanceCommand', // a program that is there
  'ExecInstance', // a WebSocket
  'ChangePassword', // the present password
  ...['DeleteProject', 'LeaveProject'], // an empty project that is not needed, and a session inside one
];
/** An account in the document's examples, and a session of it. */
const ada = { email: 'ada@example.com', password: 'correct horse battery' };
let session: string;
let starterId: string;

beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  const starter = await cloud.importStarter();
  starterId = idOf(starter);
  for (const email of [ada.email, 'grace@example.com'])
    await cloud.admin.call('POST', '/v1/users', { ...ada, email });
  document = (await (await fetch(`${cloud.url}/openapi.json`)).json()) as OpenApi;
  conformance = new Conformance(document);
  known.set('hosts', [cloud.hostId]).set('instance-types', ['nano-1']);
  known.set('operations', [starter.metadata?.operation_id ?? '']);
});
afterAll(() => cloud.close());

const served = methods.filter((m) => m.http);

describe.each(served.map((m) => [m.rpc, m] as const))('%s', (rpc, method) => {
  const find = (): Operation => {
    const operation = operationsOf(document).find((o) => o.operationId === rpc);
    if (!operation) throw new Error(`${rpc} is not in the document`);
    return operation;
  };
  // What one route did to an instance must not be all that the next one finds.
  if (method.http?.path.startsWith('/v1/instances/{id}'))
    beforeAll(async () => {
      const id = idOf(await cloud.admin.launch(`for-${rpc.toLowerCase()}`));
      await cloud.admin.reaches(id, 'running');
      known.set('instances', [id]);
    });
  // Only a ready image can be shared.
  if (method.http?.path.endsWith('share')) beforeAll(() => void known.set('images', [starterId]));
  // Others need the one that runs what they launch.
  if (rpc === 'DeleteHost') {
    beforeAll(async () => {
      const { body } = await cloud.admin.call('POST', '/v1/hosts', { name: 'to-be-removed' });
      known.set('hosts', [idOf((body as { host?: Body }).host ?? {})]);
    });
    afterAll(() => void known.set('hosts', [cloud.hostId]));
  }
  if (method.http?.path.startsWith('/v1/users/{id}'))
    beforeAll(async () => {
      known.set('users', [await nobodyInParticular()]);
    });
  if (rpc === 'UpdateProject')
    beforeAll(async () => {
      const [own] = (await cloud.admin.call('GET', '/v1/projects')).body.projects ?? [];
      known.set('projects', [idOf(own ?? {})]);
    });
  // One of the routes ends the session that asks.
  if (method.auth.scope === 'user')
    beforeAll(async () => {
      session = (await cloud.admin.call('POST', '/v1/sessions', ada)).body.token ?? '';
    });
  const everyRequest = (kind: 'valid' | 'broken', check: (answer: Answer) => void) =>
    fc.assert(
      fc.asyncProperty(
        new Requests(document, find(), () => known.get(collectionOf(find())) ?? [])[kind](),
        async (request) => {
          const answer = await send(request, method.auth.scope === 'user' ? session : cloud.admin.key);
          expect(answer.status).toBeLessThan(500);
          expect(conformance.violation(find(), answer)).toBeUndefined();
          check(answer);
        },
      ),
      { numRuns: slow.has(rpc) ? SLOW_RUNS : RUNS },
    );

  it('answers what the document allows, as the document says', async () => {
    const goesOn = () => !succeeded.has(rpc) && !beyondChance.includes(rpc);
    for (let round = 0; round === 0 || (round < MOST_ROUNDS && goesOn()); round++)
      await everyRequest('valid', ({ status, body }) => {
        if (status < 300) succeeded.add(rpc);
        if (status < 300 && find().verb === 'POST') remember(find(), body);
        if (!requireMore.has(rpc)) expect(body).not.toContain('"INVALID_FIELDS"');
      });
  });

  it('refuses what the document forbids, as the document says', () =>
    everyRequest('broken', ({ status }) => expect(status).toBeGreaterThanOrEqual(400)));
});

it('got what it asked for from every route at least once', () => {
  const never = served.map(({ rpc }) => rpc).filter((rpc) => !succeeded.has(rpc));
  expect(never.filter((rpc) => !beyondChance.includes(rpc))).toEqual([]);
});

let people = 0;

/** A user whose projects have another owner as well: one who can be disabled and deleted. */
async function nobodyInParticular(): Promise<string> {
  const account = { ...ada, email: `nobody-${++people}@example.com` };
  const { body } = await cloud.admin.call('POST', '/v1/users', account);
  const { token = '' } = (await cloud.admin.call('POST', '/v1/sessions', account)).body;
  const person = cloud.as(token);
  for (const project of (await person.call('GET', '/v1/projects')).body.projects ?? []) {
    const owner = { email: ada.email, role: 'owner' };
    await person.call('POST', '/v1/members', owner, { 'x-project-id': idOf(project) });
  }
  return (body as { id?: string }).id ?? '';
}

/** "/v1/instances/{id}:start" -> "instances". */
function collectionOf(operation: Operation): string {
  return /^\/v1\/([a-z-]+)/.exec(operation.path)?.[1] ?? '';
}

function remember(operation: Operation, body: string): void {
  const { metadata, user_id } = JSON.parse(body) as {
    metadata?: { id: string; operation_id?: string };
    user_id?: string;
  };
  const keep = (collection: string, id?: string) =>
    id && known.set(collection, [...(known.get(collection) ?? []), id]);
  keep(collectionOf(operation), metadata?.id ?? user_id);
  keep('operations', metadata?.operation_id);
}

async function send(request: Request, credential: string): Promise<Answer> {
  const response = await fetch(cloud.url + request.path, {
    method: request.verb,
    headers: { authorization: `Bearer ${credential}`, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal: AbortSignal.timeout(75_000),
  });
  const contentType = response.headers.get('content-type') ?? '';
  const whole = /^application\/(problem\+)?json/.test(contentType);
  return {
    status: response.status,
    contentType,
    body: await (whole ? response.text() : firstLine(response)),
  };
}

/** A stream may go on for ever: its first line, or nothing if none comes soon. */
async function firstLine(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const cancel = () => void reader?.cancel();
  const patience = setTimeout(cancel, STREAM_MS);
  const { value } = (await reader?.read()) ?? {};
  clearTimeout(patience);
  cancel();
  return (
    Buffer.from(value ?? [])
      .toString()
      .split('\n')[0] ?? ''
  );
}
