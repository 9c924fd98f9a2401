import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OUTPUT_BYTES = 16 << 20;

/** skopeo failed. Its own words name paths and addresses of this machine: they are for the log. */
export class SkopeoFailure extends Error {
  override readonly name = 'SkopeoFailure';

  constructor(
    /** Its last line; empty if it wrote none, as one that is killed. */
    readonly said: string,
    options: ErrorOptions,
  ) {
    super(said || 'skopeo wrote no error', options);
  }

  /** The same for the person who imports, in words of ours. */
  get why(): string {
    const known = KNOWN.find(([pattern]) => pattern.test(this.said));
    return known?.[1] ?? 'the program that copies images failed, and the log of the cloud says how';
  }
}

/** What is wrong with an image, by what skopeo says of it. */
const KNOWN: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /(did|does) not match|digest mismatch|invalid digest/i,
    'its registry sent something else than its digests name',
  ],
  [/unexpected EOF|size mismatch|content-length/i, 'its registry sent less or more than it announced'],
  [/unsupported (manifest|schema|media)|unimplemented manifest/i, 'its manifest is of an unsupported kind'],
  [/unmarshal|invalid character|end of JSON|parsing manifest/i, 'its manifest is not valid'],
];

/** Answers with what it writes to stdout. SkopeoFailure is the only error. */
export async function skopeo(args: string[], timeoutMs: number, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run('skopeo', args, {
      timeout: timeoutMs,
      maxBuffer: OUTPUT_BYTES,
      env: passedOn(process.env),
      ...(signal ? { signal } : {}),
    });
    return stdout;
  } catch (cause) {
    throw new SkopeoFailure(lastLine((cause as { stderr?: string }).stderr ?? ''), { cause });
  }
}

/** skopeo speaks to our own registry and to a SourceRelay alone: no proxy, and none of our settings. */
function passedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['PATH', 'TMPDIR', 'HOME'];
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

/** skopeo logs `time=… level=fatal msg="…"`; people want the message. */
function lastLine(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? '';
  const message = /msg="(.*)"$/.exec(line)?.[1] ?? line;
  return message.replaceAll('\\"', '"').slice(0, 500);
}
