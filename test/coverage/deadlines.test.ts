import { outsideCalls, sources } from './outside-calls';

/**
 * Every call of etcd, NATS, SQL and gRPC has a deadline. Connections are opened with one for all their calls; what is
 * called beside those is listed here, with what bounds it.
 */
const BOUNDED_ELSEWHERE: Record<string, string> = {
  'packages/service-kit/src/etcd/etcd.ts etcd.watch':
    'watchPrefix waits for ETCD_CALL_MS; keepalive pings end the stream',
  'packages/service-kit/src/rpc/lane-client.ts makeBidiStreamRequest':
    'each call on a lane has a timer; keepalive pings end the stream',
  'services/compute/src/instance-life/watch-stats.ts client.watchStats':
    'openStream: setUpMs, then for as long as the caller reads',
  'services/compute/src/instance-life/read-logs.ts client.readLogs':
    'openStream: setUpMs, then for as long as the caller reads',
  'services/compute/src/instance-life/instance-files.ts client.readFiles':
    'openStream: setUpMs, then for as long as the caller reads',
  'services/compute/src/instance-life/exec.ts client.exec':
    'openStream: setUpMs, then for as long as the caller reads',
  'services/compute/src/host/agents.ts new AgentServiceClient': 'has one call: see the four above',
  'agent/src/service.ts new HostAgentServiceClient': 'has one call, the next line',
  'agent/src/service.ts compute.reportHost': 'Beats cancels a stream without an answer for five beats',
  'agent/src/reports.ts new ReportServiceClient': 'has one call, the next line',
  'agent/src/reports.ts client.report': 'the Reporter cancels a stream on which nothing is stored for 30 s',
};

const found = sources().flatMap(outsideCalls);
const nameOf = ({ file, what }: { file: string; what: string }) => `${file} ${what}`;

it('finds the connections that there are', () => {
  expect(found.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['new Etcd3', 'new Pool', 'new Client', 'connect', 'makeUnaryRequest']),
  );
});

it('nothing is called without a deadline', () => {
  const unbounded = found.filter((one) => !one.bounded).map(nameOf);
  expect(unbounded.filter((name) => !(name in BOUNDED_ELSEWHERE))).toEqual([]);
});

it('lists nothing that is not there', () => {
  const names = new Set(found.map(nameOf));
  expect(Object.keys(BOUNDED_ELSEWHERE).filter((name) => !names.has(name))).toEqual([]);
});

it.each([
  ["import { Etcd3 } from 'etcd3'; new Etcd3({ hosts })", 'new Etcd3'],
  ["import { Pool } from 'pg'; new Pool({ connectionTimeoutMillis: 1 })", 'new Pool'],
  ["import { connect } from 'nats'; await connect({ servers })", 'connect'],
  ['const c = new identityV1.TokenServiceClient(a, b); c.getKeySet({}, done)', 'c.getKeySet'],
  ['client.makeUnaryRequest(path, asIs, asIs, message, { deadline: undefined }, done)', 'makeUnaryRequest'],
  ['client.makeUnaryRequest(path, asIs, asIs, message, { deadline: Infinity }, done)', 'makeUnaryRequest'],
  ['const o = { deadline: null }; agents.at(endpoint).raw.apply(order, o)', 'raw.apply'],
  ["import { Pool } from 'pg'; new Pool({ connectionTimeoutMillis: 1, query_timeout: 0 })", 'new Pool'],
  ['client.makeUnaryRequest(path, asIs, asIs, message, metadata, {}, done)', 'makeUnaryRequest'],
  ['agents.at(endpoint).raw.apply(order)', 'raw.apply'],
  ['agents.at(endpoint).stream((client) => client.writeFiles(metadata, done))', 'client.writeFiles'],
  ["this.etcd().watch().prefix('x').create()", 'etcd.watch'],
])('notices: %s', (text, what) => {
  expect(outsideCalls({ file: 'x.ts', text })).toContainEqual({ file: 'x.ts', what, bounded: false });
});
