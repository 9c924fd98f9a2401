import { PassThrough, Readable } from 'node:stream';
import type { Command } from 'commander';
import { machine, recordedGateway } from '../test/recorded-gateway';
import { buildProgram } from './program';

const io = {
  env: {},
  stdin: Readable.from([]),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  signal: new AbortController().signal,
};

const everyCommand = (command: Command, path: string[]): string[][] => [
  path,
  ...command.commands.flatMap((child) => everyCommand(child, [...path, child.name()])),
];

describe('cloud', () => {
  let home: Awaited<ReturnType<typeof machine>>;
  beforeAll(async () => void (home = await machine()));
  afterAll(() => home.remove());

  it.each(everyCommand(buildProgram(io), []).map((path) => [path.join(' '), path] as const))(
    'explains "cloud %s" with an example and the output options',
    async (_, path) => {
      const { code, out, err } = await home.cloud([...path, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/Examples:\n {2}\$ cloud /);
      expect(out).toContain('--output <format>');
    },
  );

  it.each([
    ['an unknown command', ['instanse']],
    ['a noun without verb', ['instance']],
    ['an unknown option', ['instance', 'list', '--colour']],
    ['an unknown format', ['instance', 'list', '-o', 'xml']],
    ['a missing argument', ['instance', 'show']],
    ['a missing option', ['instance', 'launch', 'web', '--image', 'x']],
    ['an impossible port', ['instance', 'launch', 'web', '-i', 'x', '-t', 'y', '-p', '80:99999']],
    ['an impossible role', ['key', 'create', 'ci', '--role', 'king']],
    ['an unknown topic', ['help', 'nonsense']],
    ['an address that is none', ['login', '--server', 'ftp://x', '--api-key-stdin']],
  ])('refuses %s with exit code 2', async (_, argv) => {
    const { code, out, err } = await home.cloud(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('explains exit codes, and commands by their aliases', async () => {
    expect((await home.cloud(['help', 'exit-codes'])).out).toContain('130  interrupted');
    expect((await home.cloud(['help', 'instances', 'ls'])).out).toContain('--state');
  });

  it('asks to sign in, with exit code 3', async () => {
    const { code, err } = await home.cloud(['instance', 'list']);
    expect(code).toBe(3);
    expect(err).toContain('→ Sign in with: cloud login');
  });

  it('says what to do when nothing listens, with exit code 7', async () => {
    const gateway = await recordedGateway({});
    await gateway.close();
    const env = { THECLOUD_URL: gateway.url, THECLOUD_API_KEY: 'cloud_x' };
    const { code, err } = await home.cloud(['type', 'list'], { env });
    expect(code).toBe(7);
    expect(err).toMatch(/does not answer: .*ECONNREFUSED[\s\S]*make up/);
  });

  it('ends with 130 when interrupted', async () => {
    const signal = AbortSignal.abort();
    const env = { THECLOUD_URL: 'http://127.0.0.1:9', THECLOUD_API_KEY: 'cloud_x' };
    expect((await home.cloud(['type', 'list'], { env, signal })).code).toBe(130);
  });
});
