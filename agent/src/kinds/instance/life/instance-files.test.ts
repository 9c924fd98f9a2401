import { newId } from '@thecloud/kernel';
import { createLogger } from '@thecloud/service-kit';
import { pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { NoopInstanceDriver } from '../drivers/noop/noop';
import { InstanceFiles } from './instance-files';
import { StreamLimits } from './stream-limits';

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

const never = new AbortController().signal;
const driver = new NoopInstanceDriver();
const log = createLogger({ service: 'test', level: 'silent' });
const files = new InstanceFiles({
  driverOf: () => driver,
  limits: new StreamLimits(),
  here: () => true,
  log,
});
const id = newId('instance');
beforeAll(() =>
  driver.create(
    {
      ...{ id, generation: 1, restartNonce: 0, specHash: 'hash', image: 'image', hostname: 'web' },
      ...{ entrypoint: [], command: [], env: {}, ports: [] },
      ...{ cpuMillicores: 1_000, memoryMib: 64, pids: 64 },
      ...{ projectId: 'prj', onHostLoss: 'restart' as const },
    },
    never,
  ),
);
async function* upload(path: string, entries: TarHeader[]) {
  const archive = pack();
  for (const header of entries) archive.entry(header, header.type ? '' : 'x');
  archive.finalize();
  yield { instanceId: id, path, chunk: Buffer.alloc(0) };
  for await (const chunk of archive as AsyncIterable<Buffer>) yield { instanceId: '', path: '', chunk };
}
const write = (path: string, ...entries: TarHeader[]) => files.write(upload(path, entries), never);

it('a simulated instance refuses what one on Docker does', async () => {
  await write('/tmp', { name: 'p', type: 'symlink', linkname: '/proc' });
  await write(
    '/tmp',
    { name: 'a', type: 'symlink', linkname: 'b' },
    { name: 'b', type: 'symlink', linkname: 'a' },
  );
  for (const path of ['/proc', '/sys/x', '/dev/shm', '/tmp/p', '/tmp/p/1'])
    await expect(write(path, { name: 'one' })).rejects.toMatchObject({
      reason: 'PATH_NOT_KEPT',
      violations: [{ field: 'path' }],
    });
  await expect(write('/', { name: 'proc/one' })).rejects.toMatchObject({ reason: 'PATH_NOT_KEPT' });
  await expect(write('/tmp', { name: 'p/one' })).rejects.toMatchObject({ reason: 'PATH_NOT_KEPT' });
  await expect(write('/tmp/a', { name: 'one' })).rejects.toMatchObject({ reason: 'PATH_LOOPS' });
  const hard = { name: 'hard', type: 'link', linkname: 'one' } as const;
  await expect(write('/tmp', hard)).rejects.toMatchObject({ reason: 'LINK_TARGET_ABSENT' });
  expect(await write('/tmp', { name: 'one' }, hard)).toBe(2);
  expect(await files.stat(id, '/tmp/hard', never)).toMatchObject({ kind: 'file', sizeBytes: 1n });
});
