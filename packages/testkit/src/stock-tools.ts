import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(__dirname, '../../..');
const GRPCURL = 'v1.9.4';
const GRPCIO = '1.76.0';
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
  return runTool(join(root, 'node_modules/.bin/buf'), [
    'curl', ...how, ...sent, ...flags, '-d', JSON.stringify(body), `${url}/${method}`,
  ]); // prettier-ignore
}

/** A program that may be absent on a machine, or why it is. */
export type StockTool = { readonly program: string } | { readonly missing: string };

const toolsDir = (name: string) => resolve(root, process.env['THECLOUD_HOME'] ?? '.cloud', 'tools', name);

/** grpcurl, installed by Go if need be. */
export function findGrpcurl(): StockTool {
  const bin = toolsDir(`grpcurl-${GRPCURL}`);
  const program = join(bin, 'grpcurl');
  if (existsSync(program)) return { program };
  mkdirSync(bin, { recursive: true });
  const goPackage = `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL}`;
  const why = install('go', ['install', '-p=1', goPackage], { GOBIN: bin, GOTOOLCHAIN: 'local' });
  return why ? { missing: `Go cannot install grpcurl: ${why}` } : { program };
}

/** Python with the reflection client of gRPC's own authors. */
export function findPythonReflection(): StockTool {
  const home = toolsDir(`grpcio-reflection-${GRPCIO}`);
  const [program, stamp] = [join(home, 'bin/python'), join(home, 'installed')];
  if (existsSync(stamp)) return { program };
  mkdirSync(home, { recursive: true });
  const why =
    install('python3', ['-m', 'venv', home]) ||
    install(program, ['-m', 'pip', 'install', '--quiet', `grpcio-reflection==${GRPCIO}`]);
  if (why) return { missing: `Python cannot install grpcio-reflection: ${why}` };
  writeFileSync(stamp, '');
  return { program };
}

/** Why it failed; empty if it did not. */
function install(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  const done = spawnSync(program, [...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (done.error) return done.error.message;
  return done.status === 0 ? '' : done.stderr.trim().split('\n').at(-1) || `exit code ${done.status}`;
}

/** Runs a program to its end. */
export function runTool(program: string, args: readonly string[]): Promise<ToolRun> {
  return new Promise((settle) => {
    execFile(program, [...args], { timeout: limitMs, maxBuffer: 16 << 20 }, (error, out, err) =>
      settle({ code: error ? Number(error.code ?? -1) : 0, output: out + err }),
    );
  });
}
