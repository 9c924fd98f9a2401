import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { gnuTar, sampleLayers, tarOf } from '../fixtures/layers';
import { UnpackBudget } from './unpack-budget';
import { checkUnpackable } from './unpackable';

jest.setTimeout(120_000);
const dir = mkdtempSync(join(tmpdir(), 'unpackable-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function check(tar: Buffer, budget = new UnpackBudget({ bytes: 0 })): Promise<number> {
  const path = join(dir, 'layer.tar');
  writeFileSync(path, tar);
  const file = await open(path);
  try {
    return await checkUnpackable({ file, at: 0, size: tar.length }, budget);
  } finally {
    await file.close();
  }
}

it('takes layers that hosts unpack, and says what is wrong with others', async () => {
  for (const { what, tar, refused } of await sampleLayers()) {
    const said = await check(tar).catch((error: Error) => error);
    if (refused) expect({ what, said }).toMatchObject({ said: { reason: 'IMAGE_ARCHIVE_INVALID' } });
    if (refused) expect((said as Error).message).toMatch(refused);
    else expect({ what, said }).toMatchObject({ said: expect.any(Number) as number });
  }
});

it('refuses a tarball that was cut anywhere before its end marker', async () => {
  const tar = gnuTar('--format=posix', '--blocking-factor=1');
  const end = tar.length - 1024;
  for (const { how, error } of await readEach(truncations(tar.subarray(0, end)), (tar) => check(tar)))
    expect({ how, error }).toMatchObject({ error: { reason: 'IMAGE_ARCHIVE_INVALID' } });
  await expect(check(tar.subarray(0, end))).rejects.toThrow('it ends without an end marker');
});

it('reads damaged tarballs, or refuses them as such', async () => {
  const tar = await tarOf(
    { name: 'n'.repeat(200), pax: { 'SCHILY.xattr.user.a': 'b' }, content: 'x' },
    { name: 's', type: 'symlink', linkname: 't'.repeat(200) },
  );
  for (const { how, error } of await readEach(bitFlips(tar, 2_000, 3), (tar) => check(tar)))
    if (error) expect({ how, error }).toMatchObject({ error: { reason: 'IMAGE_ARCHIVE_INVALID' } });
});

it('takes a bounded time and amount of memory, whatever there is in a layer', async () => {
  const deep = Array.from({ length: 400 }, (_, i) => ({ name: `${i}/${'d/'.repeat(1900)}f` }));
  await expect(check(await tarOf(...deep))).rejects.toThrow('more than 500000 files');
  const target = `${'./d/../'.repeat(580)}`;
  const chain = Array.from({ length: 39 }, (_, i) => ({
    name: `s${i}`,
    type: 'symlink' as const,
    linkname: `${target}${i ? `s${i - 1}` : 'd'}`,
  }));
  const many = Array.from({ length: 1500 }, (_, i) => ({ name: `s38/${i}` }));
  const busy = await tarOf({ name: 'd', type: 'directory' }, ...chain, ...many);
  await expect(check(busy)).rejects.toThrow('its paths take too long to follow');
});

it('counts files of all layers of an upload, and lets other work have its turn meanwhile', async () => {
  const budget = new UnpackBudget({ bytes: 0, files: 30_000 });
  const layer = await tarOf(
    { name: 'd/'.repeat(100) },
    ...Array.from({ length: 19_000 }, (_, i) => ({ name: `f${i}` })),
  );
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await check(layer, budget);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
  await expect(check(layer, budget)).rejects.toThrow('more than 30000 files');
});
