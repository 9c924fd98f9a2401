import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { problem, recordedGateway } from '../../packages/sdk/test/recorded-gateway';

jest.setTimeout(60_000);
const cloud = join(__dirname, '../../bin/cloud');
type Gateway = Awaited<ReturnType<typeof recordedGateway>>;
const dir = mkdtempSync(join(tmpdir(), 'cloud-terminal-'));
afterAll(() => rmSync(dir, { recursive: true }));
let gateway: Gateway;
afterEach(() => gateway.close());

/** Runs a line of shell in a terminal (script, of Debian's bsdutils), and answers with all that the terminal got. */
function inTerminal(gateway: Gateway, line: string): Promise<string> {
  const env = {
    ...{ PATH: process.env['PATH'], HOME: dir, TERM: 'xterm', SHELL: '/bin/sh' },
    ...{ THECLOUD_URL: gateway.url, THECLOUD_API_KEY: 'cloud_k' },
  };
  return new Promise((resolve, reject) => {
    const args = ['--quiet', '--flush', '--return', '--command', line, '/dev/null'];
    execFile('script', args, { env, timeout: 30_000, encoding: 'latin1' }, (error, out) =>
      error?.killed ? reject(error) : resolve(out),
    );
  });
}

/** A gateway whose programs do what `then` does once they are started. */
const gatewayOf = (then: (socket: WebSocket) => void) =>
  recordedGateway({}, { '/v1/instances/ins_1/exec': (socket) => socket.once('message', () => then(socket)) });

const result = (socket: WebSocket, ...messages: object[]) => {
  for (const each of messages) socket.send(JSON.stringify({ result: each }));
};
const bytes = (text: string) => Buffer.from(text).toString('base64');

it('leaves what a program writes as it is, and the terminal as it was', async () => {
  gateway = await gatewayOf((socket) => {
    result(socket, { stdout: bytes('abc\ndef') }, { exit_code: 0 });
    socket.close(1000);
  });
  const seen = await inTerminal(gateway, `${cloud} instance exec -it ins_1 -- program; stty -a`);
  expect(seen).toContain('abc\ndef');
  expect(seen).toMatch(/ icanon /);
  expect(seen).toMatch(/[^-]opost/);
});

it('leaves the terminal as it was when it is told to end', async () => {
  const pid = join(dir, 'pid');
  gateway = await gatewayOf(() => process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM'));
  const line = `sh -c 'echo $$ > ${pid}; exec ${cloud} instance exec -it ins_1 -- program'; stty -a`;
  const seen = await inTerminal(gateway, line);
  expect(seen).toMatch(/ icanon /);
  expect(seen).toMatch(/[^-]opost/);
});

it.each([
  ['COMMAND_NOT_FOUND', 127],
  ['COMMAND_NOT_EXECUTABLE', 126],
])('says on standard error why a program was not run, and ends as a shell does: %s', async (reason, code) => {
  gateway = await gatewayOf((socket) => {
    const error = problem(400, 'FAILED_PRECONDITION', reason, 'There is no program nosuch.');
    socket.send(JSON.stringify({ error }));
    socket.close(4400);
  });
  const line = `${cloud} instance exec ins_1 -- nosuch 2>${dir}/err; echo "code $?"`;
  expect(await inTerminal(gateway, line)).toBe(`code ${code}\r\n`);
  expect(readFileSync(join(dir, 'err'), 'utf8')).toMatch(/^Error: There is no program nosuch\.\n/);
});
