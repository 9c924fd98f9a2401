import type { Tx } from '@thecloud/service-kit';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { bindPorts } from './bind-ports';
import { movePorts } from './move-ports';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
let hostId: string;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.empty();
  [hostId = ''] = await fixture.addHosts(1);
});

const chosen = (containerPort: number) => ({ containerPort, hostPort: 0, protocol: 'tcp' as const });
const write = <T>(work: (tx: Tx) => Promise<T>) => fixture.db.write('system', work);
const bind = (id: string, ports = [chosen(80)]) => write((tx) => bindPorts(tx, hostId, id, ports));
const move = (id: string, takenPort: number | undefined, ports = [chosen(80)]) =>
  write((tx) => movePorts(tx, { id, hostId, operationId: `op-${id}`, takenPort }, ports));
const portsOf = async (id: string) => {
  const held = 'select port from compute.host_port where instance_id = $1 order by container_port';
  return (await fixture.database.query<{ port: number }>(held, [id])).map(({ port }) => port);
};
const onlyFree = (...ports: number[]) => fixture.onlyFree(hostId, ...ports);

it('gives another port for the one that is taken, and leaves the others alone', async () => {
  const ports = [chosen(80), chosen(81), { ...chosen(82), hostPort: 80 }];
  await bind('a', ports);
  const [first = 0, ...others] = await portsOf('a');
  expect(await move('a', first, ports)).toBe(true);
  const [now, ...still] = await portsOf('a');
  expect(now).not.toBe(first);
  expect(still).toEqual(others);
});

it('gives other ports for all that were chosen, if it is not known which is taken', async () => {
  const ports = [chosen(80), chosen(81)];
  await bind('a', ports);
  const before = await portsOf('a');
  expect(await move('a', undefined, ports)).toBe(true);
  const now = await portsOf('a');
  expect(now).toHaveLength(2);
  expect(before.filter((port) => now.includes(port))).toEqual([]);
});

it('gives a port that was found taken to nobody, for an hour, unless it is asked for', async () => {
  await onlyFree(20_005, 20_006);
  await bind('a');
  const [first = 0] = await portsOf('a');
  expect(await move('a', first)).toBe(true);
  expect(await bind('b')).toBe(0); // none is free
  expect(await bind('c', [{ ...chosen(80), hostPort: first }])).toBeUndefined();
  await fixture.database.query('delete from compute.host_port where instance_id = $1', ['c']);
  await fixture.database.query(`update compute.taken_port set found_at = now() - interval '61 minutes'`);
  expect(await bind('b')).toBeUndefined();
  expect(await portsOf('b')).toEqual([first]);
});

it('has enough after five ports in one operation, and begins anew in the next', async () => {
  await bind('a');
  const tries: boolean[] = [];
  for (let n = 0; n < 6; n++) tries.push(await move('a', (await portsOf('a'))[0]));
  expect(tries).toEqual([true, true, true, true, true, false]);
  await bind('b');
  expect(await move('b', (await portsOf('b'))[0])).toBe(true);
});

it('does not answer yes when no other port is free', async () => {
  await onlyFree(20_005);
  await bind('a');
  expect(await move('a', 20_005)).toBe(false);
});

it('forgets what is long ago', async () => {
  await bind('a');
  await move('a', undefined);
  await fixture.database.query(`update compute.taken_port set found_at = now() - interval '61 minutes'`);
  await move('a', undefined);
  expect(await fixture.database.query('select count(*)::int as n from compute.taken_port')).toEqual([
    { n: 1 },
  ]);
});
