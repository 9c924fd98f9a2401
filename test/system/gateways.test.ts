import { hash, randomUUID } from 'node:crypto';
import { createLogger, EventBus } from '@thecloud/service-kit';
import { eventually, startTestIdentity, testConfig, testEngines, testPeer } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { freePort } from '@thecloud/engines';
import { Api } from './api';
import { Part } from './part';

/** Several gateways of one cloud, whole ones, on sockets and a NATS of their own. */
jest.setTimeout(120_000);
let engines: TestEngines;
let identity: TestIdentity;
let bus: EventBus;
const gateways: Part[] = [];
const urls: string[] = [];

async function startGateway(): Promise<void> {
  const [http, grpc] = [await freePort(), await freePort()];
  const common = await testConfig(engines, identity.database, 'gateway', identity.served.enrollPort);
  const gateway = new Part('gateway', false, {
    ...common,
    THECLOUD_GATEWAY_HTTP_ADDRESS: `127.0.0.1:${http}`,
    THECLOUD_GATEWAY_GRPC_ADDRESS: `127.0.0.1:${grpc}`,
    THECLOUD_GATEWAY_RATE_KEY: 0.01, // one request, and no other for a minute and more
    THECLOUD_GATEWAY_RATE_ADDRESS: 10_000,
  });
  await gateway.start();
  gateways.push(gateway);
  urls.push(`http://127.0.0.1:${http}`);
}

beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines);
  await startGateway();
  await startGateway();
  const log = createLogger({ service: 'test', level: 'silent' });
  bus = new EventBus(engines.natsUrl, await testPeer(engines, 'gateway'), log);
  await eventually('NATS', () => bus.connected());
});
afterAll(async () => {
  await bus.close();
  for (const gateway of gateways) await gateway.stop();
  await identity.close();
  await engines.close();
});

it('refuse what another of them has let through', async () => {
  const [here = '', there = ''] = urls;
  const heard: string[] = [];
  bus.hear('gateway.spent', (body) => void heard.push(body));
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  const nobody = new Api(here, '');
  expect(await nobody.call('POST', '/v1/users', account)).toMatchObject({ status: 201 });

  // The other gateway hears of it about when we do. If it was asked a moment too early, another session tells.
  const refused = await eventually('a refusal by the other gateway', async () => {
    const session = (await nobody.call('POST', '/v1/sessions', account)).body.token ?? '';
    const ask = (url: string) => new Api(url, session).call('GET', '/v1/projects');
    for (const url of urls) expect(await ask(url)).toMatchObject({ status: 200 }); // known from here on
    expect(await ask(here)).toMatchObject({ status: 200 }); // all that it may
    const digest = hash('sha256', session, 'base64url');
    await eventually('what was spent', () => heard.some((body) => body.includes(digest)));
    const answer = await ask(there);
    return answer.status === 200 ? undefined : answer;
  });
  expect(refused).toMatchObject({ status: 429, body: { reason: 'RATE_LIMITED' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
});
