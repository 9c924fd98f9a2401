import { usableConfig } from './image-config';

const platform = { os: 'linux', architecture: 'amd64' };
const json = (config: object, top: object = {}) =>
  JSON.stringify({ ...platform, rootfs: { type: 'layers', diff_ids: [] }, config, ...top });
const read = (text: string) => usableConfig(text, platform);
const refused = { reason: 'IMAGE_CONFIG_INVALID' };

// What Docker says of each of these was looked up by running it: it fails the pull, the create or the start.
it.each<[object, string]>([
  [{ Volumes: { '/': {} } }, 'config.Volumes./: is no place for a volume'],
  [{ Volumes: { '': {} } }, 'no place'],
  [{ Volumes: { '../..': {} } }, 'no place'],
  [{ Volumes: { '/proc': {} } }, 'no place'],
  [{ Volumes: { '/x/../proc/y/': {} } }, 'no place'],
  [{ Volumes: { '/dev': {} } }, 'no place'],
  [{ Volumes: { '/etc/hosts': {} } }, 'no place'],
  [{ Volumes: { '/a\0b': {} } }, 'config.Volumes./a?b: must not contain a NUL'],
  [{ Volumes: { [`/${'a'.repeat(256)}`]: {} } }, 'no part of more than 255 bytes'],
  [{ Volumes: { [`/${'a/'.repeat(300)}`]: {} } }, 'at most 2048 bytes'],
  [{ Volumes: { '/d': 5 } }, 'config.Volumes./d'],
  [{ Volumes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`/${i}`, {}])) }, 'at most 100'],
  [{ Shell: 5, OnBuild: ['RUN x'] }, 'config.Shell'],
  [{ OnBuild: 5 }, 'config.OnBuild'],
  [{ WorkingDir: 'relative/../..' }, 'config.WorkingDir: must be an absolute path'],
  [{ WorkingDir: '/a\0' }, 'NUL'],
  [{ Env: ['A=b', '=x'] }, 'config.Env.1: must begin with a name'],
  [{ Env: ['A=b\0c'] }, 'NUL'],
  [{ Env: [`A=${'x'.repeat(140_000)}`] }, 'shorter than 128 KiB'],
  [{ Env: Array.from({ length: 12_000 }, (_, i) => `A${i}=${'x'.repeat(100)}`) }, 'smaller than 1 MiB'],
  [{ Entrypoint: 5 }, 'config.Entrypoint'],
  [{ Cmd: 'x\0' }, 'NUL'],
  [{ Cmd: ['/bin/sleep', '1\0'] }, 'config.Cmd.1: must not contain a NUL'],
  [{ Entrypoint: ['/bin/sl\0eep'] }, 'NUL'],
  [{ User: '../../root:\n' }, 'config.User: must be names or numbers'],
  [{ User: '0\0' }, 'config.User'],
  [{ User: '-1' }, 'numbers from 0'],
  [{ User: '0:2147483648' }, 'numbers from 0'],
  [{ Labels: { a: 5 } }, 'config.Labels.a'],
  [{ ExposedPorts: { '80/tcp': 5 } }, 'config.ExposedPorts'],
  [{ StopSignal: 9 }, 'config.StopSignal'],
  [{ StopTimeout: 1.5 }, 'config.StopTimeout'],
  [{ Healthcheck: { Test: ['CMD', 'x'], Interval: '1s' } }, 'config.Healthcheck.Interval'],
  [{ Healthcheck: { Test: ['CMD', 'x'], Interval: 5 } }, 'at least 1000000'],
  [{ Tty: 'yes' }, 'config.Tty'],
  [{ Hostname: 5 }, 'config.Hostname'],
  [{ env: ['=x'] }, 'env is spelled Env'],
  [{ volumeſ: { '/proc': {} } }, 'is spelled Volumes'],
])('no host could start an image of %j', (config, why) => {
  let said: unknown;
  try {
    read(json(config));
  } catch (error) {
    said = error;
  }
  expect(said).toMatchObject({ ...refused, message: expect.stringContaining(why) as string });
});

it.each([
  { created: 'x' }, { author: 5 }, { history: 5 }, { history: [{ created: 'x' }] }, { history: [{ empty_layer: 'x' }] },
  { container_config: { Shell: 5 } }, { container_config: { cmd: [5] } }, { container_config: [] }, { rootfs: { type: 'layers', diff_ids: 'x' } }, { 'os.features': 5 }, { Size: 'x' }, { id: 5 }, { OS: 'linux' },
])('nor one whose configuration says %j', (top) => {
  expect(() => read(json({}, top))).toThrow(expect.objectContaining(refused) as Error);
}); // prettier-ignore

it('nor one whose history made more layers than there are; fewer are taken', () => {
  const step = { created_by: 'x' };
  const none = { ...step, empty_layer: true };
  const of = (history: object[]) => () => read(json({}, { rootfs, history }));
  for (const history of [[step, step], [step, none, { ...step, empty_layer: false }], [{ ...step, empty_layer: null }, step]])
    expect(of(history)).toThrow('its history has 2 steps that are not marked empty_layer, but it has 1 layers');
  for (const history of [[], [none], [none, step, none]]) expect(of(history)).not.toThrow();
}); // prettier-ignore

it('nor one that says something twice, of which Docker keeps both', () => {
  const twice = json({ Volumes: { '/data': {} } }).replace('"Volumes"', '"Volumes":{"/proc":{}},"Volumes"');
  expect(() => read(twice)).toThrow('it has one field twice');
});

it('takes what Docker starts', () => {
  const config = {
    ...{ User: '1:daemon', Env: ['PATH=/bin', 'EMPTY', 'A B=c\nd', ''], Entrypoint: null, Cmd: ['/bin/sh', '-c', ''] },
    ...{ WorkingDir: '/x/../tmp', Volumes: { data: {}, '/dev/shm': {}, '/var/lib/x:y': {} }, StopSignal: '' },
    ...{ ExposedPorts: { '80/tcp': {}, '1-2/udp': {} }, Labels: { 'a"b\\': '":' }, Shell: ['/bin/bash'], OnBuild: null },
    ...{ Healthcheck: { Test: ['CMD', 'x'], Interval: 30_000_000_000 }, ArgsEscaped: true, Memory: 5, Image: 'sha256:x' },
  }; // prettier-ignore
  const top = {
    ...{ created: '2026-11-29T12:00:00.123456789+01:00', author: '', container_config: { Cmd: ['#(nop)'] } },
    history: [{ created: '0001-01-01T00:00:00Z', created_by: 'x', empty_layer: true }],
  };
  expect(read(json(config, top)).config).toMatchObject({ User: '1:daemon' });
  expect(read(json(null as never)).config).toBeNull();
});

/** Configurations in the shape that well-known builders write, by what is particular about each. */
const layer = `sha256:${'1'.repeat(64)}`;
const rootfs = { type: 'layers', diff_ids: [layer] };
const attach = { AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false }; // prettier-ignore
it.each<[string, object]>([
  ['a classic docker build, which kept what each layer was built with', {
    config: { Hostname: '', Domainname: '', User: '', ...attach, Env: ['PATH=/bin'], Cmd: ['sh'], Image: layer, Volumes: null, WorkingDir: '', Entrypoint: null, OnBuild: null, Labels: null },
    container: 'f'.repeat(64),
    container_config: { Hostname: 'abc', User: '', ...attach, Env: ['=x'], Cmd: ['/bin/sh', '-c', '#(nop) ', 'CMD ["sh"]'], Image: layer, Volumes: { '/': {}, '/proc': {} }, WorkingDir: 'relative', StopSignal: 'SIGFOO', Entrypoint: null, OnBuild: null, Labels: {}, Healthcheck: { Interval: 5 } },
    created: '2019-05-06T19:46:15.123456789Z', docker_version: '18.06.1-ce', history: [{ created: '2019-05-06T19:46:15.1Z', created_by: '/bin/sh -c #(nop) CMD ["sh"]', empty_layer: true }], id: 'a'.repeat(64), parent: 'b'.repeat(64),
  }],
  ['a build before content addresses', { config: { Cmd: null, PortSpecs: null, ExposedPorts: null, VolumeDriver: '', Memory: 0, MemorySwap: 0, CpuShares: 0, Cpuset: '', MacAddress: '' }, container_config: null, Size: 0, throwaway: true }],
  ['a web server', { config: { ExposedPorts: { '80/tcp': {} }, Entrypoint: ['/docker-entrypoint.sh'], Cmd: ['nginx', '-g', 'daemon off;'], StopSignal: 'SIGQUIT', ArgsEscaped: true, OnBuild: null } }],
  ['a database', { config: { Volumes: { '/var/lib/postgresql/data': {} }, ExposedPorts: { '5432/tcp': {} }, StopSignal: 'SIGINT', Healthcheck: { Test: ['CMD-SHELL', 'pg_isready'], Interval: 10e9, Timeout: 0, Retries: 3 } } }],
  ['an onbuild variant', { config: { OnBuild: ['COPY . /app', 'RUN make'], ExposedPorts: {}, Healthcheck: { Test: ['NONE'] } } }],
  ['a build without times and history', { created: '0001-01-01T00:00:00Z', history: [], config: {} }],
  ['a build from scratch by another program', { author: 'Bazel', created: '1970-01-01T00:00:00Z', history: null }],
  ['an image without layers', { rootfs: { type: 'layers' }, history: [{ empty_layer: true }] }],
  ['BuildKit', { 'moby.buildkit.buildinfo.v1': 'e30=', 'moby.buildkit.cache.v0': null, variant: '', 'os.version': '', 'os.features': null, config: { ArgsEscaped: true, Shell: ['/bin/bash', '-c'] } }],
  ['a program line that is one string, of which Docker makes a list', { config: { Entrypoint: '/init', Cmd: 'serve', Shell: '/bin/sh' }, container_config: { Cmd: '/bin/sh', cmd: ['x'] } }],
])('takes an image of %s', (_what, top) => {
  expect(() => read(JSON.stringify({ ...platform, rootfs, ...top }))).not.toThrow();
}); // prettier-ignore

test('what is nested deeper than any image is refused, at once', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`);
  expect(() => read(json({}, { x: deep }))).toThrow('nested too deeply');
  const deeper = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
  expect(() => read(json({}).replace('{', `{"x":${deeper},`))).toThrow('nested too deeply');
});

test('an image of another platform is told so, whatever its paths look like', () => {
  const windows = { os: 'windows', architecture: 'amd64', config: { WorkingDir: 'C:\\app' } };
  expect(() => read(JSON.stringify(windows))).toThrow(
    expect.objectContaining({ reason: 'IMAGE_PLATFORM_UNSUPPORTED' }) as Error,
  );
});

test('null is nothing, for a variant too', () => {
  expect(() => read(json({}, { variant: null }))).not.toThrow();
});
