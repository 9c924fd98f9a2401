import { methods } from '@thecloud/api';

/**
 * Who calls whom, from the bottom to the top: a service calls those below it. Services that do not exist yet stand where
 * they will; agents are hosts' and stand beside compute, which they report to and which orders them.
 */
const ORDER = [
  'identity',
  'network',
  'storage',
  'compute',
  'database',
  'function',
  'messaging',
  'orchestration',
];
const rank = (service: string) => ORDER.indexOf(service);

/** "compute" of "thecloud.compute.v1.InstanceService". */
const servedBy = (service: string) => service.split('.')[1] ?? '';
const calls = methods.flatMap((method) =>
  method.auth.peers
    .filter((peer) => peer !== '*' && rank(peer) >= 0 && rank(servedBy(method.service)) >= 0)
    .map((peer): [string, string, string] => [peer, servedBy(method.service), method.path]),
);

it('names no process that does not exist', () => {
  const known = [...ORDER, 'gateway', 'agent', '*'];
  expect(methods.flatMap(({ auth }) => auth.peers).filter((peer) => !known.includes(peer))).toEqual([]);
});

it.each(calls)('%s calls %s, which stands below it: %s', (caller, called) => {
  expect(rank(caller)).toBeGreaterThan(rank(called));
});

it.each(methods.filter(({ auth }) => auth.delegated).map((m): [string, typeof m] => [m.path, m]))(
  '%s, which is delegated, is for services, each of them by name',
  (_path, { auth }) => {
    for (const peer of auth.peers) expect(ORDER).toContain(peer);
  },
);
