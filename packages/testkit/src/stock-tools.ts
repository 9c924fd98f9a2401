import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(__dirname, '../../..');
const GRPCURL = 'v1.9.4';
const limitMs = 60_000;

/** How a command-line tool ended and what it printed. */
export interface ToolRun {
  readonly code: number;
  readonly output: string;
}

export interface StockCall {
  /** "http://host:port", or https with the flags that TLS needs. */
  readonly url: string;
  /** "thecloud.compute.v1.InstanceService/GetInstance". */
  readonly method: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reflection?: 'v1' | 'v1alpha';
  readonly flags?: readonly string[];
}

/** buf's gRPC client, which knows of a service only what server reflection says. */
export function bufCurl({ url, method, body = {}, headers = {}, reflection = 'v1', flags = [] }: StockCall) {
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const how = ['--protocol', 'grpc', '--reflect-protocol', `grpc-${reflection}`, '--timeout', '50s'];
  if (url.startsWith('http://')) how.push('--http2-prior-knowledge');
  return run(join(root, 'node_modules/.bin/buf'), [
    'curl', ...how, ...sent, ...flags, '-d', JSON.stringify(body), `${url}/${method}`,
  ]); // prettier-ignore
}

/** grpcurl with these arguments. */
export const grpcurl = (program: string, ...args: string[]): Promise<ToolRun> => run(program, args);

/** Where grpcurl is, installed by Go if need be; or why there is none. */
export function findGrpcurl(): { readonly program: string } | { readonly missing: string } {
  const bin = resolve(root, process.env['THECLOUD_HOME'] ?? '.cloud', 'tools', `grpcurl-${GRPCURL}`);
  const program = join(bin, 'grpcurl');
  if (existsSync(program)) return { program };
  mkdirSync(bin, { recursive: true });
  const done = spawnSync(
    'go',
    ['install', '-p=1', `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL}`],
    {
      env: { ...process.env, GOBIN: bin, GOTOOLCHAIN: 'local' },
      encoding: 'utf8',
      timeout: 600_000,
    },
  );
  if (done.error) return { missing: `there is no Go: ${done.error.message}` };
  return done.status === 0 ? { program } : { missing: `Go cannot install grpcurl: ${done.stderr.trim()}` };
}

function run(program: string, args: readonly string[]): Promise<ToolRun> {
  return new Promise((settle) => {
    execFile(program, [...args], { timeout: limitMs, maxBuffer: 16 << 20 }, (error, out, err) =>
      settle({ code: error ? Number(error.code ?? -1) : 0, output: out + err }),
    );
  });
}
