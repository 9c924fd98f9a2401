import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { packed, unpackInto } from './files';

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'cli-files-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function tarOf(...entries: Array<[TarHeader, string?]>) {
  const archive = pack();
  for (const [header, text] of entries) archive.entry(header, text ?? '');
  archive.finalize();
  return archive as AsyncIterable<Buffer>;
}

it('keeps the time of a directory as it keeps that of a file', async () => {
  mkdirSync(join(dir, 'site'));
  writeFileSync(join(dir, 'site/a'), 'hello');
  const when = new Date('2020-02-02T02:02:02Z');
  for (const path of ['site/a', 'site']) utimesSync(join(dir, path), when, when);
  const times: Array<Date | undefined> = [];
  for await (const entry of packed(join(dir, 'site'), 'web').pipe(extract())) {
    times.push(entry.header.mtime);
    entry.resume();
  }
  expect(times).toEqual([when, when]);
});

it('packs a directory under its new name, belonging to root, and unpacks it under another', async () => {
  mkdirSync(join(dir, 'site/css'), { recursive: true });
  writeFileSync(join(dir, 'site/css/a'), 'hello', { mode: 0o640 });
  symlinkSync('css/a', join(dir, 'site/link'));
  const headers: TarHeader[] = [];
  const entries = packed(join(dir, 'site'), 'web').pipe(extract());
  for await (const entry of entries) {
    headers.push(entry.header);
    entry.resume();
  }
  expect(headers.map(({ name }) => name.replace(/\/$/, '')).sort()).toEqual([
    'web',
    'web/css',
    'web/css/a',
    'web/link',
  ]);
  expect(new Set(headers.map(({ uid, gid }) => `${uid}:${gid}`))).toEqual(new Set(['0:0']));
  await unpackInto(join(dir, 'target'), 'renamed', packed(join(dir, 'site'), 'web'));
  expect(readFileSync(join(dir, 'target/renamed/css/a'), 'utf8')).toBe('hello');
  expect(readFileSync(join(dir, 'target/renamed/link'), 'utf8')).toBe('hello');
});

it.each<[string, Array<[TarHeader, string?]>]>([
  ['climbs', [[{ name: '../escaped' }, 'x']]],
  ['climbs from within', [[{ name: 'a/../../escaped' }, 'x']]],
  ['is absolute', [[{ name: '/tmp/cli-files-escaped' }, 'x']]],
  [
    'goes through a link',
    [[{ name: 'out', type: 'symlink', linkname: '..' }], [{ name: 'out/escaped' }, 'x']],
  ],
  ['is linked to what is outside', [[{ name: 'a', type: 'link', linkname: '../secret' }]]],
  ['is a device', [[{ name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 }]]],
])('unpacks nothing that %s', async (_, entries) => {
  writeFileSync(join(dir, 'secret'), 's');
  await unpackInto(join(dir, 'target'), undefined, tarOf(...entries)).catch(() => undefined);
  expect(readdirSync(dir).sort()).toEqual(['secret', 'target']);
  expect(statSync(join(dir, 'secret')).nlink).toBe(1);
  expect(existsSync('/tmp/cli-files-escaped')).toBe(false);
  expect(existsSync(join(dir, 'target/disk'))).toBe(false);
});

it('says so when an archive ends too early', async () => {
  const whole = await buffer(tarOf([{ name: 'a' }, 'x'.repeat(2000)]));
  const cut = (async function* () {
    yield whole.subarray(0, 1000);
  })();
  await expect(unpackInto(dir, undefined, cut)).rejects.toThrow('Not all of it could be unpacked');
});
