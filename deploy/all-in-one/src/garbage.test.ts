import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, registry, type RegistryEngine, until } from '@thecloud/engines';
import { DailyGarbageCollection, noteCollection } from './garbage';
import { Layout, root } from './layout';

jest.setTimeout(120_000);
const layout = new Layout(mkdtempSync(join(tmpdir(), 'garbage-')));
const lines: string[] = [];
let port: number;
let engine: RegistryEngine;

const post = async (repository: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}/v2/images/${repository}/blobs/uploads/`, {
    method: 'POST',
  }).catch(() => undefined);
  return answer?.status;
};
async function pushBlob(): Promise<void> {
  const begun = await fetch(`http://127.0.0.1:${port}/v2/images/gone/blobs/uploads/`, { method: 'POST' });
  const digest = `sha256:${createHash('sha256').update('blob').digest('hex')}`;
  const to = `${begun.headers.get('location')}&digest=${encodeURIComponent(digest)}`;
  expect((await fetch(to, { method: 'PUT', body: 'blob' })).status).toBe(201);
}
const make = () => new DailyGarbageCollection(layout, engine, (text) => lines.push(text));
beforeAll(async () => {
  layout.make();
  port = await freePort();
  engine = registry({ dir: layout.home, port });
  await engine.start();
  await pushBlob(); // docker-registry does not collect where nothing was ever pushed
});
afterAll(async () => {
  await engine.destroy();
  rmSync(layout.home, { recursive: true });
});
beforeEach(() => lines.splice(0));

test('collects once a day, first a day after the installation', async () => {
  const garbage = make();
  const start = Date.parse('2026-03-01T12:00:00Z');
  const at = (hours: number) => new Date(start + hours * 3_600_000);
  const done = () => lines.includes("collecting the registry's garbage: done");
  const lastNoted = () => readFileSync(layout.garbageCollected, 'utf8').trim();
  // A repository without a manifest, as a deleted image leaves it.
  expect(await post('gone')).toBe(202);
  const repositories = join(layout.home, 'registry/data/docker/registry/v2/repositories/images');

  for (const hours of [0, 1, 23.9]) garbage.look(at(hours));
  expect(lines).toEqual([]);
  expect(lastNoted()).toBe(at(0).toISOString());
  const before = engine.pid();
  garbage.look(at(24));
  expect(await until(done, 30_000)).toBe(true);
  expect(readdirSync(repositories)).toEqual([]);
  expect(engine.pid()).not.toBe(before);
  expect(lastNoted()).toBe(at(24).toISOString());

  // Another supervisor, the same installation.
  lines.splice(0);
  make().look(at(47));
  expect(lines).toEqual([]);
  const next = make();
  next.look(at(48));
  expect(lines).toEqual(["collecting the registry's garbage"]);
  await next.close();
  expect(await post('kept')).toBe(202);
});

test('notes no day whose collection failed, says why, and tries again after longer and longer pauses', async () => {
  const start = Date.parse('2026-04-01T12:00:00Z');
  const at = (minutes: number) => new Date(start + minutes * 60_000);
  const lastNoted = () => readFileSync(layout.garbageCollected, 'utf8').trim();
  const repositories = join(layout.home, 'registry/data/docker/registry/v2/repositories/images');
  const broken = join(repositories, 'broken/_manifests/revisions/sha256', 'a'.repeat(64));
  mkdirSync(broken, { recursive: true });
  mkdirSync(join(repositories, 'broken/_layers'));
  writeFileSync(join(broken, 'link'), 'no digest');
  const garbage = make();
  /** Whether a look at that minute begins a collection; waits for its end. */
  const collects = async (minute: number) => {
    lines.splice(0);
    garbage.look(at(minute));
    if (lines.length === 0) return false;
    expect(await until(() => lines.length > 1, 30_000)).toBe(true);
    await new Promise(setImmediate); // it is free for the next look
    return true;
  };
  const DAY = 24 * 60;
  noteCollection(layout, at(0));
  expect(await collects(DAY)).toBe(true);
  expect(lines[1]).toMatch(
    /^collecting the registry's garbage failed: EngineError: registry: .*status 1;.*failed to/s,
  );
  expect(lastNoted()).toBe(at(0).toISOString());
  expect(await post('x')).toBe(202);
  // The pause begins at the first look after the failure.
  const looks = [1, 10, 11, 12, 31, 32].map((minute) => DAY + minute);
  const begun: boolean[] = [];
  for (const minute of looks) begun.push(await collects(minute));
  expect(begun).toEqual([false, false, true, false, false, true]);
  rmSync(join(repositories, 'broken'), { recursive: true });
  expect([await collects(DAY + 33), await collects(DAY + 72), await collects(DAY + 73)]).toEqual([
    ...[false, false, true],
  ]);
  expect(lines).toEqual(["collecting the registry's garbage", "collecting the registry's garbage: done"]);
  expect(lastNoted()).toBe(at(DAY + 73).toISOString());
  await garbage.close();
});

describe('make collect, killed', () => {
  const marker = join(layout.home, 'run/registry-collects');
  const collect = (): ChildProcess => {
    const script = `require(${JSON.stringify(join(root, 'packages/engines'))})
      .registry({ dir: ${JSON.stringify(layout.home)}, port: ${port} }).collectGarbage()`;
    return spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  };

  const moments: Array<[string, () => boolean | Promise<boolean>]> = [
    ['when it has begun', () => existsSync(marker)],
    ['while the registry restarts', () => existsSync(`${marker}.read-only`) && engine.pid() === undefined],
    ['while the registry is read only', async () => (await post('x')) === 405],
    ['while docker-registry collects', () => existsSync(`${marker}.collector`)],
  ];
  test.each(moments)('%s, leaves a registry that the next look opens again', async (_, moment) => {
    const child = collect();
    const ended = once(child, 'exit');
    expect(await until(moment, 30_000, 1)).toBe(true);
    child.kill('SIGKILL');
    await ended;
    expect(engine.isCutOff()).toBe(true);

    const now = new Date();
    noteCollection(layout, now); // nothing else is due
    const garbage = make();
    const looks = () => {
      garbage.look(now);
      return lines.length > 1;
    };
    expect(await until(looks, 30_000)).toBe(true);
    expect(lines).toEqual([
      'ending a collection that was cut off',
      'ending a collection that was cut off: done',
    ]);
    expect(await post('x')).toBe(202);
    expect(
      readdirSync(join(layout.home, 'run')).filter((name) => name.startsWith('registry-collects')),
    ).toEqual([]);
    await garbage.close();
  });
});
