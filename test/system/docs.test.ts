import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { starterCommand } from '@thecloud/all-in-one';
import { documented, elsewhere, type Documented } from './documented';

// Runs every command line of README and docs as it is written, in a directory that looks like the source tree of somebody
// who has done `make up`. Only ids and ports are replaced, which no two clouds have in common.
jest.setTimeout(120_000);
const root = join(__dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'docs-'));
/** So long a stream without end may take to say something, in milliseconds. */
const streamMs = 20_000;
let cloud: Cloud;
let hello: { id: string; operation: string };

beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  for (const name of ['starter', 'tools']) await cloud.importStarter(cloud.admin, name);
  const command = ['/bin/sh', '-c', `echo started; exec ${starterCommand.join(' ')}`];
  const made = await cloud.admin.launch('hello', { command, ports: [{ container_port: 8080 }] });
  hello = { id: idOf(made), operation: made.metadata?.operation_id ?? '' };
  await cloud.admin.reaches(hello.id, 'running');
  mkdirSync(join(home, 'bin'));
  symlinkSync(join(root, 'bin/cloud'), join(home, 'bin/cloud'));
  mkdirSync(join(home, '.cloud/secrets'), { recursive: true });
  writeFileSync(join(home, '.cloud/secrets/api-key'), cloud.admin.key, { mode: 0o600 });
  const login = `bin/cloud login --server ${cloud.url} --context local --api-key-stdin < .cloud/secrets/api-key`;
  expect(await sh(login)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await cloud.close();
  rmSync(home, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function sh(text: string, { timeout = 30_000, endsWithOutput = false } = {}): Promise<Ran> {
  const env = {
    PATH: `${home}/bin:${process.env['PATH']}`,
    HOME: home,
    // What a block of the documentation takes from the one before it, or from its reader.
    key: cloud.admin.key,
    KEY: cloud.admin.key,
    id: hello.id,
    base: `${cloud.url}/v1/instances/${hello.id}`,
    THECLOUD_URL: cloud.url,
  };
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-c', text],
      { cwd: home, env, timeout, killSignal: 'SIGKILL' },
      (error, out, err) => {
        const code = error?.killed ? 137 : typeof error?.code === 'number' ? error.code : error ? -1 : 0;
        resolve({ code, out, err });
      },
    );
    if (endsWithOutput) child.stdout?.once('data', () => child.kill('SIGKILL'));
  });
}

/** Changes the instance until the work is done, so that streams of changes have something to say. */
async function amidChanges<T>(work: Promise<T>): Promise<T> {
  const ended = work.then(() => true);
  for (let n = 1; ; n++) {
    await cloud.admin.call('PATCH', `/v1/instances/${hello.id}`, { labels: { change: String(n) } });
    const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 300));
    if (await Promise.race([ended, pause])) return work;
  }
}

/** As written, but for what is another one in each cloud. */
async function here(text: string): Promise<string> {
  const instances = (await cloud.admin.call('GET', '/v1/instances?name=web')).body.instances ?? [];
  const [port] = instances[0]?.status?.ports ?? [];
  return text
    .replaceAll('http://127.0.0.1:8080', cloud.url)
    .replace(/http:\/\/127\.0\.0\.1:2\d{4}\b/g, `http://127.0.0.1:${port?.host_port}`)
    .replace(/\bins_[0-9a-z]{26}\b/g, hello.id)
    .replace(/\bop_[0-9a-z]{26}\b/g, hello.operation)
    .replace(/\bsudo /g, '');
}

const heading = (line = '') => /^[A-Z][A-Z ]+[A-Z]$/.test(line) && line.replace(/ +/g, ' ');

/** What is wrong with what came of it; undefined: it is as the documentation says. */
async function faultOf({ text, output }: Documented): Promise<string | undefined> {
  const endless = /\bcurl\b.* -s?N /.test(text);
  const command = await here(text);
  const { code, out, err } = endless
    ? await amidChanges(sh(command, { timeout: streamMs, endsWithOutput: true }))
    : await sh(command);
  const shown = output?.find((line) => line !== '') ?? '';
  const shouldFail = shown.startsWith('Error:');
  if (endless ? code !== 137 && code !== 0 : shouldFail !== code > 0)
    return `it ends with ${code}: ${err}${out}`;
  if (endless && !out) return 'nothing came of it';
  if (/"error":|"domain":"\w+\.thecloud"/.test(out)) return `the cloud refuses it: ${out}`;
  if (shouldFail && !err.startsWith(shown)) return `it says "${err}" instead of "${shown}"`;
  const head = heading(shown);
  if (head && !out.split('\n').some((line) => heading(line) === head))
    return `it has another heading: ${out}`;
  if (shown && !shouldFail && !head && !`${out}${err}`.includes(shown.replace(/…[\s\S]*$/, '').slice(0, 20)))
    return `"${shown}" is not in its output: ${out}${err}`;
  return undefined;
}

const all = documented();
const reasonNotToRun = (text: string) => elsewhere.find(([pattern]) => pattern.test(text))?.[1];
const runnable = all.filter(({ text }) => reasonNotToRun(text) === undefined);

it('finds the command lines', () => {
  expect(runnable.filter(({ text }) => /\bcloud /.test(text)).length).toBeGreaterThan(20);
  expect(all.length - runnable.length).toBeGreaterThan(10);
});

it.each(runnable.map((one) => [one.at, one.text.split('\n')[0], one] as const))(
  '%s: %s',
  async (_at, _text, one) => {
    expect(await faultOf(one)).toBeUndefined();
  },
);

it('knows why each of the others is not run here, and that its verb or test is there', () => {
  const others = all.filter(({ text }) => reasonNotToRun(text) !== undefined);
  for (const { text } of others) {
    const verb = /\bmake ([a-z-]+)/.exec(text)?.[1];
    if (verb) execFileSync('make', ['-n', verb], { cwd: root });
    const test = /^\S+\.test\.ts/.exec(reasonNotToRun(text)!)?.[0];
    if (test) expect(existsSync(join(root, test))).toBe(true);
  }
  // An excuse that nothing needs any more goes.
  expect(elsewhere.filter(([pattern]) => !all.some(({ text }) => pattern.test(text)))).toEqual([]);
});

it('has no verb of make in its tables that the Makefile lacks', () => {
  const verbs = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/`(?:sudo )?make ([a-z]+)/g)];
  for (const [, verb = ''] of verbs) execFileSync('make', ['-n', verb], { cwd: root });
});
