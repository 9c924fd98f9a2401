import { computeV1 } from '@thecloud/api';
import type { Epoch } from '@thecloud/reconcile';
import { eventually, testEngines, testPeer, testToken } from '@thecloud/testkit';
import type { TestEngines } from '@thecloud/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import type { Etcd3 } from 'etcd3';
import type { CertificateFiles } from '../certificates/certificate-files';
import { createLogger } from '../log';
import { createClient } from '../rpc/client';
import { implement } from '../rpc/implement';
import { startRpcServer } from '../rpc/server';
import { TokenVerifier } from '../rpc/tokens';
import { createMetrics, RpcMetrics } from '../telemetry/metrics';
import { Announcement, enableDiscovery } from './discovery';
import { EtcdLeadership } from './election';
import { openEtcd } from './etcd';

jest.setTimeout(120_000);
const log = createLogger({ service: 'test', level: 'silent' });
let engines: TestEngines;
let files: CertificateFiles;
let etcd: Etcd3;

beforeAll(async () => {
  engines = await testEngines();
  files = await testPeer(engines, 'gateway');
  etcd = openEtcd(engines.etcdEndpoints, files);
});
afterAll(async () => {
  etcd.close();
  await engines.close();
});

describe('election', () => {
  /** A candidate that notes its terms, each open until its signal aborts. */
  function candidate(member: string) {
    const terms: Array<{ epoch: Epoch; open: boolean }> = [];
    const leadership = new EtcdLeadership(
      () => etcd,
      'test',
      member,
      () => Promise.resolve(),
      log,
    );
    const campaign = leadership.campaign('thing', async (epoch, signal) => {
      const term = { epoch, open: true };
      terms.push(term);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      term.open = false;
    });
    return { terms, close: () => campaign.close(), leads: () => terms.some((t) => t.open) };
  }

  it('has one leader at a time, with ever higher epochs, through resignation and an outage of etcd', async () => {
    const [a, b] = [candidate('a'), candidate('b')];
    const both = () => Number(a.leads()) + Number(b.leads());
    await eventually('somebody leads', () => both() === 1);
    const [first, second] = a.leads() ? [a, b] : [b, a];
    await first.close();
    await eventually('the other leads', () => second.leads());
    expect(second.terms[0]?.epoch).toBeGreaterThan(first.terms[0]?.epoch ?? 0n);

    const third = candidate('c');
    await engines.etcd.stop();
    await eventually('nobody leads without etcd', () => !second.leads());
    expect(third.leads()).toBe(false);
    await engines.etcd.start();
    await eventually('one leads again', () => Number(second.leads()) + Number(third.leads()) === 1);
    const epochs = [...first.terms, ...second.terms, ...third.terms].map((t) => t.epoch);
    expect(new Set(epochs).size).toBe(epochs.length);
    await Promise.all([second.close(), third.close()]);
  });
});

describe('discovery', () => {
  async function replica(name: string) {
    const { d: _, ...publicKey } = JSON.parse(
      readFileSync(join(engines.secretsDir, 'token-key.json'), 'utf8'),
    ) as Record<string, unknown>;
    const own = await testPeer(engines, 'compute');
    const type = { name, vcpus: 1, cpuMillicores: 250, memoryMib: 1, description: '' };
    const server = await startRpcServer({
      address: '127.0.0.1:0',
      credentials: own.serverCredentials(),
      services: [
        implement<computeV1.InstanceTypeServiceServer>(computeV1.InstanceTypeServiceService, {
          listInstanceTypes: () => Promise.resolve({ instanceTypes: [type] }),
          getInstanceType: () => Promise.resolve(type),
        }),
      ],
      tokens: new TokenVerifier(() => Promise.resolve(JSON.stringify({ keys: [publicKey] }))),
      log,
      metrics: new RpcMetrics(createMetrics(name)),
    });
    const announcement = new Announcement(() => etcd, 'things', name, `127.0.0.1:${server.port}`, log);
    return { server, announcement };
  }

  it('spreads calls over all replicas, and leaves out one that is gone', async () => {
    const stop = enableDiscovery(() => etcd);
    const [one, two] = [await replica('one'), await replica('two')];
    const client = createClient(computeV1.InstanceTypeServiceClient, {
      target: 'thecloud:///things',
      credentials: files.channelCredentials(),
      serverKind: 'compute',
    });
    const claims = { sub: 'key_1', kind: 'api_key' as const, prj: 'prj_1', perms: ['*:*'] };
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await testToken(engines, claims, 600)}`);
    const ask = async () =>
      (await client.getInstanceType({ name: 'x' }, { timeoutMs: 5_000, metadata })).name;
    const heard = new Set<string>();
    await eventually(
      'both answer',
      async () => heard.add(await ask().catch(() => 'nobody')).has('one') && heard.has('two'),
    );

    await one.announcement.close();
    await one.server.drain();
    for (let i = 0; i < 10; i++) expect(await ask()).toBe('two');
    client.close();
    await two.announcement.close();
    await two.server.drain();
    stop();
  });
});
