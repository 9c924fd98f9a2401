import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { envPair } from './parse';
import { messageOf } from './thrown';

type Variables = Record<string, string>;
type Env = Readonly<Record<string, string | undefined>>;

/** What the options below leave of themselves. */
export interface EnvOptions {
  env?: Variables;
  envFile?: Variables;
}

/** -e and --env-file, of every verb that sets variables. */
export function addEnvOptions(verb: Command, env: Env): Command {
  return verb
    .option(
      '-e, --env <KEY[=VALUE]>',
      'environment variable, repeatable; without =, as set here',
      envPair(env),
    )
    .option(
      '--env-file <file>',
      'file of environment variables, KEY=VALUE a line as for docker run; repeatable, -e goes before it',
      envFile(env),
    );
}

/** All variables that were given; undefined: none. */
export function variablesOf({ env, envFile: fromFile }: EnvOptions): Variables | undefined {
  return env || fromFile ? { ...fromFile, ...env } : undefined;
}

const envFile =
  (env: Env) =>
  (path: string, before: Variables = {}): Variables => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      throw new InvalidArgumentError(`It cannot be read: ${messageOf(error)}.`);
    }
    return { ...before, ...parseEnvFile(bytes, env) };
  };

/**
 * The format of `docker run --env-file`: KEY=VALUE with the value as it stands, quotes and all; KEY alone takes the
 * caller's variable, if there is one; lines that begin with # and empty ones are skipped.
 */
export function parseEnvFile(bytes: Uint8Array, env: Env): Variables {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); // it takes a byte-order mark away, too
  } catch {
    throw new InvalidArgumentError('It is not UTF-8 text.');
  }
  const found: [string, string][] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    const key = at < 0 ? line.trimEnd() : line.slice(0, at);
    // Not the line itself: it may hold a secret.
    if (key === '') throw new InvalidArgumentError(`Line ${index + 1} has no name before its "=".`);
    if (/\s/.test(key)) throw new InvalidArgumentError(`Line ${index + 1} has white space in its name.`);
    const value = at < 0 ? env[key] : line.slice(at + 1);
    if (value !== undefined) found.push([key, value]);
  }
  return Object.fromEntries(found);
}
