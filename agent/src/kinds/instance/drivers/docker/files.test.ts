import { existsSync } from 'node:fs';
import { newId } from '@thecloud/kernel';
import { createLogger } from '@thecloud/service-kit';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import {
  describeWithDocker,
  dockerSocket,
  importTestImage,
  removeContainers,
  sh,
  sleeper,
  testImage,
} from '../../../../fixtures/docker';
import { InstanceFiles } from '../../life/instance-files';
import { StreamLimits } from '../../life/stream-limits';
import { DockerInstanceDriver } from './docker';
import { factsOf } from './files';

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

const never = new AbortController().signal;
const caller = { signal: never, accept: () => undefined };
const bytesOf = async (stream: AsyncIterable<Buffer | Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};
const tarOf = (...entries: Array<[TarHeader, string?]>) => {
  const archive = pack();
  for (const [header, text] of entries) archive.entry(header, text ?? '');
  archive.finalize();
  return bytesOf(archive as AsyncIterable<Buffer>);
};

describeWithDocker('files of an instance', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  const hostId = newId('host');
  const driver = new DockerInstanceDriver({ socketPath: dockerSocket, hostId, publishAddress: '127.0.0.1' });
  const log = createLogger({ service: 'test', level: 'silent' });
  const files = new InstanceFiles({
    driverOf: () => driver,
    limits: new StreamLimits(),
    here: () => true,
    log,
  });
  let id: string;
  const make = async () => {
    const spec = {
      ...{ id: newId('instance'), generation: 1, restartNonce: 0, specHash: 'h', image: testImage },
      ...{
        command: sleeper,
        env: {},
        ports: [],
        entrypoint: [],
        cpuMillicores: 1_000,
        memoryMib: 64,
        pids: 32,
        hostname: 'web',
      },
      ...{ projectId: 'prj', onHostLoss: 'restart' as const },
    };
    await driver.create(spec, never);
    await driver.start(spec.id, never);
    return spec.id;
  };
  beforeAll(async () => {
    await importTestImage(docker);
    id = await make();
  });
  afterAll(() => removeContainers(docker, hostId));

  const write = (path: string, bytes: Buffer, to = id) =>
    files.write(
      (async function* () {
        yield { instanceId: to, path, chunk: Buffer.alloc(0) };
        for (let at = 0; at < bytes.length; at += 1000)
          yield { instanceId: '', path: '', chunk: bytes.subarray(at, at + 1000) };
      })(),
      never,
    );
  const read = async (path: string, from = id) => {
    const archive = await bytesOf(
      (async function* () {
        for await (const { data } of files.read(from, path, caller)) yield data;
      })(),
    );
    const entries = extract();
    entries.end(archive);
    const found: Record<string, string> = {};
    for await (const entry of entries)
      found[entry.header.name] =
        entry.header.linkname ?? (await bytesOf(entry as AsyncIterable<Buffer>)).toString();
    return found;
  };
  const run = async (script: string) => {
    const exec = await driver.exec(id, {
      command: sh(script),
      env: {},
      tty: false,
      workingDir: '',
      user: '',
    });
    const said = await bytesOf(
      (async function* () {
        for await (const { data } of exec.output) yield data;
      })(),
    );
    return said.toString();
  };

  it('go in and out, whether it runs or not', async () => {
    const tar = await tarOf(
      [{ name: 'site', type: 'directory', mode: 0o755 }],
      [{ name: 'site/page', mode: 0o640, uid: 12, gid: 34 }, 'hello'],
      [{ name: 'site/link', type: 'symlink', linkname: 'page' }],
    );
    expect(await write('/www', tar)).toBe(3);
    expect(await run('/bin/busybox stat -c "%a %u %g" /www/site/page; /bin/busybox cat /www/site/link')).toBe(
      '640 12 34\nhello',
    );
    const all = { 'site/': '', 'site/page': 'hello', 'site/link': 'page' };
    expect(await read('/www/site')).toEqual(all);
    expect(await files.stat(id, '/www/site/page', never)).toMatchObject({
      ...{ name: 'page', kind: 'file', sizeBytes: 5n, mode: 0o640 },
    });
    expect(await files.stat(id, '/www/site', never)).toMatchObject({ kind: 'directory' });
    expect(await files.stat(id, '/www/site/link', never)).toMatchObject({ kind: 'link' });
    const stopped = await make();
    await driver.stop(stopped, 0, never);
    await write('/www', tar, stopped);
    expect(await read('/www/site', stopped)).toEqual(all);
  });

  it('never leave it: links are followed in its own file system, names do not climb', async () => {
    await run('/bin/busybox ln -s / /www/root; /bin/busybox ln -s ../../../../../../tmp /www/up');
    await write('/www/up', await tarOf([{ name: 'inside' }, 'x']));
    expect(await run('/bin/busybox cat /tmp/inside')).toBe('x');
    expect(Object.keys(await read('/www/root/bin/sh'))).toEqual(['sh']);
    await expect(read('/www/root/root/.bashrc')).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await write('/www', await tarOf([{ name: '../../../escaped' }, 'x'])).catch(() => undefined);
    await write(
      '/www',
      await tarOf([{ name: 'out', type: 'symlink', linkname: '/' }], [{ name: 'out/escaped' }, 'x']),
    ).catch(() => undefined);
    expect(existsSync('/escaped')).toBe(false);
  });

  it('are refused in words: what is not there, no directory, no archive, a device', async () => {
    const one = await tarOf([{ name: 'one' }, 'x']);
    await expect(files.stat(id, '/nosuch', never)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await expect(read('/nosuch')).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await expect(write('/nosuch', one)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
    await expect(write('/bin/busybox', one)).rejects.toMatchObject({ reason: 'NOT_A_DIRECTORY' });
    await expect(write('/www', Buffer.from('no archive'))).rejects.toMatchObject({
      reason: 'ARCHIVE_INVALID',
    });
    const device = await tarOf([{ name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 }]);
    await expect(write('/www', device)).rejects.toMatchObject({ reason: 'ARCHIVE_INVALID' });
    expect(await run('/bin/busybox ls /www')).not.toContain('disk');
    await expect(files.stat(newId('instance'), '/', never)).rejects.toMatchObject({
      reason: 'NO_FILE_SYSTEM',
    });
  });

  it('what lies in memory is refused, however it is reached, and nothing is unpacked', async () => {
    await run(
      'cd /www; /bin/busybox ln -s /proc p; /bin/busybox mkdir d; /bin/busybox ln -s d ld; /bin/busybox ln -s ld/../p pp',
    );
    const one = await tarOf([{ name: 'one' }, 'x']);
    const reason = 'PATH_NOT_KEPT';
    for (const path of [
      '/proc',
      '/proc/sys',
      '/sys',
      '/dev',
      '/dev/shm',
      '/www/../proc',
      '/www/p',
      '/www/pp',
    ]) {
      await expect(write(path, one)).rejects.toMatchObject({
        reason,
        code: 'INVALID_ARGUMENT',
        violations: [{ field: 'path' }],
      });
    }
    for (const path of ['/proc', '/dev/shm', '/www/p/']) {
      await expect(read(path)).rejects.toMatchObject({ reason });
    }
    for (const name of ['dev/shm/one', './proc/one', 'sys/one'])
      await expect(write('/', await tarOf([{ name }, 'x']))).rejects.toMatchObject({ reason });
    const root = await tarOf([{ name: 'proc/', type: 'directory' }], [{ name: 'www/root' }, 'x']);
    expect(await write('/', root)).toBe(2);
    expect(await run('/bin/busybox cat /www/root')).toBe('x');
  });

  it('what a link on the way leads into memory is refused, too: of the instance, or of the archive itself', async () => {
    await run(`cd /; /bin/busybox mkdir n /n/real; cd n
      for m in proc sys dev; do /bin/busybox ln -s /$m $m; done
      /bin/busybox ln -s proc twice; /bin/busybox ln -s / root; /bin/busybox ln -s real fine`);
    const link = (name: string, linkname: string): [TarHeader] => [{ name, type: 'symlink', linkname }];
    const file = (name: string): [TarHeader, string] => [{ name }, 'x'];
    const archives = [
      ...['proc/a', 'sys/a', 'dev/a', 'twice/a', 'root/dev/a', 'fine/../proc/c/d'].map((n) => [file(n)]),
      [[{ name: 'proc/d/', type: 'directory' }] as [TarHeader], file('proc/d/a')],
      [[{ name: 'root/dev/', type: 'directory' }] as [TarHeader], file('root/dev/a')],
      [link('q', '/proc'), file('q/a')],
      [link('q2', '/proc'), [{ name: 'hard', type: 'link', linkname: 'q2' }] as [TarHeader], file('hard/a')],
    ];
    for (const entries of archives)
      await expect(write('/n', await tarOf(...entries))).rejects.toMatchObject({
        reason: 'PATH_NOT_KEPT',
        violations: [{ field: 'path' }],
      });
    const good = [file('fine/a'), file('root/n/b'), link('own', 'real'), file('own/c'), file('new/d/e')];
    expect(await write('/n', await tarOf(...good))).toBe(5);
    expect(await run('cd /n; /bin/busybox cat real/a b real/c new/d/e')).toBe('xxxx');
  });

  it('an archive names its directories, or has few', async () => {
    const names = Array.from({ length: 1001 }, (_, i) => `many/${i}`);
    const unnamed = names.map((name): [TarHeader] => [{ name: `${name}/file` }]);
    await expect(write('/tmp', await tarOf(...unnamed))).rejects.toMatchObject({
      reason: 'ARCHIVE_INVALID',
      message: expect.stringContaining('pack the directories, too') as string,
    });
    const named = names.map((name): [TarHeader] => [{ name, type: 'directory' }]);
    expect(await write('/tmp', await tarOf(...named, ...unnamed))).toBe(2002);
    expect(await write('/tmp', await tarOf(...unnamed.slice(0, 100)))).toBe(100);
  });

  it('links that lead nowhere are told as such', async () => {
    await run('cd /www; /bin/busybox ln -s a b; /bin/busybox ln -s b a');
    const one = await tarOf([{ name: 'one' }, 'x']);
    for (const path of ['/www/a', '/www/a/below']) {
      await expect(write(path, one)).rejects.toMatchObject({
        reason: 'PATH_LOOPS',
        violations: [{ field: 'path' }],
      });
      await expect(read(path)).rejects.toMatchObject({ reason: 'PATH_LOOPS' });
    }
    const absent = await tarOf([{ name: 'hard', type: 'link', linkname: 'not-there' }]);
    await expect(write('/www', absent)).rejects.toMatchObject({
      reason: 'LINK_TARGET_ABSENT',
      violations: [{ field: 'chunk' }],
    });
    const both = await tarOf([{ name: 'one' }, 'x'], [{ name: 'hard', type: 'link', linkname: 'one' }]);
    expect(await write('/www', both)).toBe(2);
    expect(await run('/bin/busybox cat /www/hard')).toBe('x');
  });

  it('a path that is too long is told as such', async () => {
    const one = await tarOf([{ name: 'one' }, 'x']);
    for (const path of ['/x'.repeat(2_000), `/${'x'.repeat(300)}`, `/${'x'.repeat(250)}`.repeat(16)]) {
      const refused = { reason: 'PATH_TOO_LONG', violations: [{ field: 'path' }] };
      await expect(write(path, one)).rejects.toMatchObject(refused);
      await expect(read(path)).rejects.toMatchObject(refused);
    }
    const deep = `${'y'.repeat(250)}/`;
    await expect(write('/tmp', await tarOf([{ name: `${deep.repeat(17)}one` }, 'x']))).rejects.toMatchObject({
      reason: 'PATH_TOO_LONG',
    });
    expect(await write('/tmp', await tarOf([{ name: `${'z/'.repeat(200)}one` }, 'x']))).toBe(1);
    expect(await read(`/tmp/${'z/'.repeat(200)}one`)).toEqual({ one: 'x' });
  });

  it('a damaged archive is refused, and what Docker says may be damaged, too', async () => {
    const tar = await tarOf([{ name: 'a' }, 'x'.repeat(3000)], [{ name: 'b' }, 'y'.repeat(3000)]);
    const content = tar.subarray(0, 9000); // without the zeros of its end
    const cuts = await readEach(truncations(content, 10), (bytes) => write('/tmp', bytes));
    for (const { error } of cuts)
      expect(error === undefined || (error as { reason?: string }).reason === 'ARCHIVE_INVALID').toBe(true);
    expect(cuts.filter(({ error }) => error).length).toBeGreaterThan(7);
    await readEach(bitFlips(tar, 10, 1), (bytes) => write('/tmp', bytes));
    const stat = Buffer.from(
      '{"name":"x","size":5,"mode":420,"mtime":"2026-01-01T00:00:00Z","linkTarget":""}',
    );
    for (const { bytes } of [...truncations(stat, 20), ...bitFlips(stat, 50, 1)])
      try {
        factsOf(bytes.toString());
      } catch (error) {
        expect(error).toMatchObject({ reason: 'DRIVER_UNAVAILABLE' });
      }
  });
});
