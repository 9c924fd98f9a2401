import fc from 'fast-check';
import { Fleet, sayRefused } from './choose';
import type { RangeUse } from './port-range';

const host = (id: string, change: object = {}) => ({
  id,
  name: id,
  schedulable: true,
  obstacle: '',
  cpuMillicores: 8_000,
  memoryMib: 8192,
  freeCpuMillicores: 8_000,
  freeMemoryMib: 8192,
  taken: [] as string[],
  portsLeft: { tcp: 10_000, udp: 10_000 },
  agentEndpoint: `${id}:1`,
  ...change,
});
const on = (id: string) => ({ host: { id, agentEndpoint: `${id}:1` } });
const want = (change: object = {}) => ({
  id: 'ins',
  cpuMillicores: 1_000,
  memoryMib: 1024,
  ports: [] as string[],
  ofRange: [] as RangeUse[],
  ...change,
});

it('spreads over the hosts with the most room', () => {
  const fleet = new Fleet([host('a'), host('b')]);
  const chosen = [1, 2, 3, 4].map(() => fleet.choose(want()));
  expect(chosen).toEqual([on('a'), on('b'), on('a'), on('b')]);
});

it('says why nothing fits, counted by reason', () => {
  const fleet = new Fleet([
    host('a', { freeMemoryMib: 100 }),
    host('b', { freeMemoryMib: 100 }),
    host('c', { freeCpuMillicores: 0 }),
    host('d', { schedulable: false, obstacle: 'cordoned' }),
    host('e', { taken: ['tcp/80'] }),
  ]);
  const choice = fleet.choose(want({ ports: ['tcp/80'] }));
  expect(choice).toEqual({
    refused: { 'not enough memory': 2, 'not enough CPU': 1, cordoned: 1, 'host port taken': 1 },
  });
  expect(sayRefused((choice as { refused: Record<string, number> }).refused)).toMatch(
    /^2 hosts: not enough memory; 1 host: /,
  );
});

it('never hands a host port out twice in a batch', () => {
  const fleet = new Fleet([host('a'), host('b')]);
  const ports = ['tcp/8080'];
  expect([1, 2, 3].map(() => fleet.choose(want({ ports })))).toEqual([
    on('a'),
    on('b'),
    { refused: { 'host port taken': 2 } },
  ]);
});

it('counts the ports that are left to choose, and those of them that are asked for by number', () => {
  const two = { portsLeft: { tcp: 2, udp: 0 } };
  const use = (chosen: number, named = 0, protocol: 'tcp' | 'udp' = 'tcp') =>
    want({ ofRange: [{ protocol, chosen, named }] });
  const none = { refused: { 'too few host ports left to choose from': 1 } };
  const fleet = new Fleet([host('a', two)]);
  expect(fleet.choose(use(3))).toEqual(none);
  expect(fleet.choose(use(1, 2))).toEqual(none);
  expect(fleet.choose(use(1, 0, 'udp'))).toEqual(none);
  expect(fleet.choose(use(0, 1))).toEqual(on('a'));
  expect(fleet.choose(use(2))).toEqual(none);
  expect(fleet.choose(use(1))).toEqual(on('a'));
  expect(fleet.choose(use(1))).toEqual(none);
  expect(fleet.choose(want())).toEqual(on('a')); // who wants none is not held up
});

it('says that there is no host', () => {
  expect(sayRefused({})).toBe('This cloud has no host yet.');
});

it('never overcommits a host, whatever is asked in whatever order', () => {
  const sizes = fc.record({
    cpuMillicores: fc.integer({ min: 10, max: 8_000 }),
    memoryMib: fc.integer({ min: 128, max: 8192 }),
  });
  fc.assert(
    fc.property(fc.array(sizes, { maxLength: 60 }), (requests) => {
      const fleet = new Fleet([host('a'), host('b'), host('c')]);
      const used: Record<string, { cpuMillicores: number; memoryMib: number }> = {};
      for (const request of requests) {
        const choice = fleet.choose(want(request));
        if (!('host' in choice)) continue;
        const u = (used[choice.host.id] ??= { cpuMillicores: 0, memoryMib: 0 });
        u.cpuMillicores += request.cpuMillicores;
        u.memoryMib += request.memoryMib;
      }
      return Object.values(used).every((u) => u.cpuMillicores <= 8_000 && u.memoryMib <= 8192);
    }),
  );
});
