import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { AttachedInstances } from '../fixtures/attached-instances';
import { TestHost } from '../fixtures/host';
import { until } from '../fixtures/until';
import { FilesDriver, VolumeKind } from '../fixtures/volume-kind';
import { NoopImageDriver } from '../kinds/instance/drivers/image/noop';
import { NoopInstanceDriver } from '../kinds/instance/drivers/noop/noop';
import type { Order } from './order';

let dir: string;
let files: FilesDriver;
let driver: NoopInstanceDriver;
let second: NoopInstanceDriver;
let host: TestHost;
let id: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'volumes-'));
  files = new FilesDriver(dir);
  driver = new NoopInstanceDriver();
  second = Object.assign(new NoopInstanceDriver(), { name: 'docker' });
  id = newId('instance');
  const engines = [{ instances: second, images: new NoopImageDriver() }];
  const volumes = new VolumeKind(files);
  host = await new TestHost(
    ...([driver, new NoopImageDriver(), {}, undefined, engines, [volumes], AttachedInstances] as const),
  ).start();
});
afterEach(async () => {
  await host.close();
  rmSync(dir, { recursive: true });
});

const disk = (name: string) => ({ kind: 'volume', id: name });
const orderVolume = (name: string, generation: number, more: Partial<Order> = {}) =>
  host.agent.apply({
    ...{ ...disk(name), generation, controller: 'storage/volume', epoch: 3n, desired: 'present', driver: '' },
    spec: { mib: 10 },
    ...more,
  });
const volume = (name: string) => host.agent.observe(disk(name));
const attached = (...names: string[]) => ({ config: { env: { VOLUMES: names.join(',') } } });
const isThere = (name: string) => existsSync(files.pathOf(name));

describe('order between kinds', () => {
  it('has an instance wait for its volume, and says so', async () => {
    await host.apply(id, 1, attached('vol_a', 'vol_b'));
    await host.observed(id, { phase: 'absent', generation: 1, progress: 'waits for volume vol_a' });
    await orderVolume('vol_a', 1);
    await host.observed(id, { phase: 'absent', progress: 'waits for volume vol_b' });
    await orderVolume('vol_b', 1);
    await host.observed(id, { phase: 'running', progress: '' });
  });

  it('has a volume wait until the instance that uses it is gone', async () => {
    await orderVolume('vol_a', 1);
    await host.apply(id, 1, attached('vol_a'));
    await host.observed(id, { phase: 'running' });
    await orderVolume('vol_a', 2, { desired: 'absent' });
    await until(
      'it waits',
      () => volume('vol_a').progress === `waits until instance ${id} is gone or has let go of it`,
    );
    expect(isThere('vol_a')).toBe(true);
    await host.apply(id, 2, { desired: 'absent' });
    await until('it is gone', () => !isThere('vol_a') && volume('vol_a').phase === 'absent');
    expect(volume('vol_a')).toMatchObject({ generation: 2, progress: '' });
  });

  it('waits on over a restart, and lets go only when the order without the volume is carried out', async () => {
    await orderVolume('vol_a', 1);
    await host.apply(id, 1, attached('vol_a'));
    await host.observed(id, { phase: 'running' });
    driver.outage('it hangs');
    await host.apply(id, 2); // without it, and nobody can do that now
    await orderVolume('vol_a', 2, { desired: 'absent' });
    await host.restart();
    await until('it waits', () => volume('vol_a').progress.startsWith('waits until instance'));
    expect(isThere('vol_a')).toBe(true);
    driver.outage('');
    await host.observed(id, { phase: 'running', generation: 2 });
    await until('it is gone', () => !isThere('vol_a'));
  });

  it('does not start on a volume that is to go, and does not keep that from going', async () => {
    await orderVolume('vol_a', 1);
    await until('it is there', () => isThere('vol_a'));
    await orderVolume('vol_a', 2, { desired: 'absent' });
    await host.apply(id, 1, attached('vol_a'));
    await until('it is gone', () => !isThere('vol_a'));
    await host.observed(id, { phase: 'absent', progress: 'waits for volume vol_a' });
    await orderVolume('vol_a', 3);
    await host.observed(id, { phase: 'running' });
  });
});

it('obeys the leaders of two controllers, and the stale one of neither', async () => {
  await host.apply(id, 1, { epoch: 900n });
  await orderVolume('vol_a', 1, { epoch: 3n });
  for (const restarted of [false, true]) {
    if (restarted) await host.restart();
    const generation = restarted ? 3 : 2;
    const stale = { reason: 'STALE_EPOCH' };
    await expect(host.apply(id, generation, { epoch: 899n })).rejects.toMatchObject(stale);
    await expect(orderVolume('vol_a', generation, { epoch: 2n })).rejects.toMatchObject(stale);
    await orderVolume('vol_a', generation, { epoch: 3n, spec: { mib: 10 * generation } });
    await host.apply(id, generation, { epoch: 900n });
    await host.observed(id, { phase: 'running', generation });
    await until('it has grown', () => volume('vol_a').generation === generation);
  }
});

describe('orphans', () => {
  const stray = (name: string) => {
    mkdirSync(files.pathOf(name));
    writeFileSync(join(files.pathOf(name), 'data'), 'precious');
  };

  it('of data are set aside unharmed and told, and are given back when they are ordered', async () => {
    stray('vol_stray');
    await host.restart();
    await until('it is told', () => volume('vol_stray').phase === 'quarantined');
    expect(volume('vol_stray').generation).toBe(0);
    expect(isThere('vol_stray')).toBe(false);
    await host.restart();
    expect(volume('vol_stray')).toMatchObject({ phase: 'quarantined', generation: 0 });
    await orderVolume('vol_stray', 5);
    await until('it is back', () => volume('vol_stray').phase === 'present');
    expect(readFileSync(join(files.pathOf('vol_stray'), 'data'), 'utf8')).toBe('precious');
  });

  it('are the journal’s loss: data is set aside, instances run on, and both are taken up again', async () => {
    await orderVolume('vol_a', 1);
    writeFileSync(join(files.pathOf('vol_a'), 'data'), 'precious');
    await host.apply(id, 1, attached('vol_a'));
    await host.observed(id, { phase: 'running' });
    const before = await driver.inspect(id);
    await host.agent.close();
    rmSync(join(host.dir, 'journal.jsonl'));
    await host.start();
    await host.observed(id, { phase: 'running', generation: 0 });
    await until('it is set aside', () => volume('vol_a').phase === 'quarantined');
    await orderVolume('vol_a', 1);
    await host.apply(id, 1, attached('vol_a'));
    await until('it is back', () => volume('vol_a').phase === 'present');
    await host.observed(id, { phase: 'running', generation: 1 });
    expect(await driver.inspect(id)).toEqual(before);
    expect(readFileSync(join(files.pathOf('vol_a'), 'data'), 'utf8')).toBe('precious');
  });
});

describe('several drivers of one kind', () => {
  const on = async (one: NoopInstanceDriver) => (await one.list()).map((listed) => listed.id);

  it('are chosen by the order, and the choice holds', async () => {
    const other = newId('instance');
    await host.apply(id, 1);
    await host.apply(other, 1, { driver: 'docker' });
    await host.observed(id, { phase: 'running' });
    await host.observed(other, { phase: 'running' });
    expect([await on(driver), await on(second)]).toEqual([[id], [other]]);
    await host.restart();
    await host.apply(other, 2, { config: { env: { A: '1' } } });
    await host.observed(other, { phase: 'running', generation: 2 });
    expect([await on(driver), await on(second)]).toEqual([[id], [other]]);
    await expect(host.apply(other, 3, { driver: 'noop' })).rejects.toMatchObject({
      reason: 'DRIVER_CHANGED',
    });
    await expect(host.apply(newId('instance'), 1, { driver: 'x' })).rejects.toMatchObject({
      reason: 'DRIVER_UNKNOWN',
    });
  });

  it('have their orphans removed by the one that has them', async () => {
    await host.apply(id, 4, { driver: 'docker' });
    await host.observed(id, { phase: 'running' });
    await host.agent.close();
    rmSync(join(host.dir, 'journal.jsonl'));
    await host.start();
    await host.observed(id, { phase: 'running', generation: 0 });
    await host.apply(id, 5, { desired: 'absent' });
    await host.observed(id, { phase: 'absent', generation: 5 });
    expect(await on(second)).toEqual([]);
  });

  it('fail each for itself', async () => {
    const other = newId('instance');
    await orderVolume('vol_a', 1);
    await host.apply(id, 1);
    await host.apply(other, 1, { driver: 'docker' });
    await host.observed(id, { phase: 'running' });
    await host.observed(other, { phase: 'running' });
    second.outage('Docker does not answer');
    const asked = await host.agent.health();
    expect(asked.map(({ driver: name, health }) => [name, health.ok])).toEqual([
      ['noop', true],
      ['docker', false],
      ['files', true],
    ]);
    expect(host.seen(other)).toMatchObject({ phase: 'running', problemReason: 'DRIVER_UNAVAILABLE' });
    expect(host.seen(id)).toMatchObject({ problemReason: '' });
    second.outage('');
    await host.agent.health();
    await host.observed(other, { phase: 'running', problemReason: '' });
  });
});
