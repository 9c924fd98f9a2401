import fc from 'fast-check';
import { agentFenceMs, judge, told } from './host.plan';
import type { Silence } from './host.plan';

const silence = (change: Partial<Silence> = {}): Silence => ({
  silentMs: 60_000,
  fenceMs: 60_000,
  fenceAfterMs: 45_000,
  hosts: 3,
  silentHosts: 1,
  ...change,
});

it.each<[string, Partial<Silence>, string, string]>([
  ['is dead at the deadline', {}, 'dead', 'LOST'],
  ['is suspect before it', { silentMs: 59_999 }, 'suspect', 'SILENT'],
  [
    'is never dead if nothing there stops its instances',
    { silentMs: 1e9, fenceAfterMs: 0 },
    'suspect',
    'SILENT',
  ],
  [
    'is given as long as its agent was told',
    { silentMs: 119_000, fenceAfterMs: 90_000 },
    'suspect',
    'SILENT',
  ],
  ['can be dead when half of the hosts are silent', { hosts: 2 }, 'dead', 'LOST'],
  ['alone is not too many', { hosts: 1 }, 'dead', 'LOST'],
  ['stays suspect when more than half are', { hosts: 3, silentHosts: 2 }, 'suspect', 'EVACUATION_STOPPED'],
  ['stays suspect when all are', { hosts: 2, silentHosts: 2 }, 'suspect', 'EVACUATION_STOPPED'],
])('a silent host %s', (_what, change, state, reason) => {
  expect(judge(silence(change))).toMatchObject({ state, reason });
});

it('says how many are silent when it stops evacuation', () => {
  expect(judge(silence({ hosts: 2, silentHosts: 2 })).message).toContain('2 of 2 hosts are silent');
});

it('never gives up a host before its agent has stopped what must not run twice', () => {
  const ms = fc.integer({ min: 1, max: 300_000 });
  fc.assert(
    fc.property(ms, ms, fc.nat(300_000), (silentMs, fenceMs, fenceAfterMs) => {
      const { state } = judge(silence({ silentMs, fenceMs, fenceAfterMs }));
      return (
        state === 'suspect' || (fenceAfterMs > 0 && silentMs > Math.max(fenceAfterMs, agentFenceMs(fenceMs)))
      );
    }),
    { numRuns: 2_000 },
  );
});

describe('a host that nobody judges', () => {
  const lastSeenAt = new Date('2026-01-02T03:04:05Z');
  const row = { state: 'ready' as const, reason: '', message: '', lastSeenAt };
  const after = (ms: number) => lastSeenAt.getTime() + ms;

  it('is told as it is while its agent is heard', () => {
    expect(told(row, after(8_000))).toEqual(row);
  });

  it('says since when that is not known', () => {
    expect(told(row, after(20_000))).toMatchObject({
      state: 'ready',
      reason: 'NOT_KNOWN',
      message: expect.stringContaining('Not known since 2026-01-02T03:04:05.000Z'),
    });
  });

  it.each(['joining', 'suspect', 'dead'] as const)('%s is a judgement', (state) => {
    expect(told({ ...row, state }, after(60_000)).reason).toBe('');
  });
});
