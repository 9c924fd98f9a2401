import { stat } from 'node:fs/promises';
import { basename, dirname, posix } from 'node:path';
import { Readable } from 'node:stream';
import { CloudApiError, fromBase64 } from '@thecloud/sdk';
import type { InstanceFile } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { counted } from '../counted';
import { usageError } from '../exit-codes';
import { packed, unpackInto } from '../files';
import { addVerb } from '../noun';
import { resolveId } from '../resource';
import { stdinBytes } from '../stdin';
import { messageOf } from '../thrown';
import { write } from '../write';
import { instances } from './instance-kind';

/** For a whole upload, in ms. */
const UPLOAD_MS = 15 * 60_000;

export function addCp(noun: Command, cli: Cli): void {
  addVerb(noun, 'cp <source> <target>', {
    summary: 'Copies files into an instance, or out of it',
    notes:
      'One of the two is INSTANCE:/PATH, absolute; the other is here. As with cp, a target that is a directory gets the ' +
      'source into it. With - a tar archive is written to standard output, or read from standard input and unpacked ' +
      'into the directory. The instance may run or not. What is copied in belongs to root there (an archive says ' +
      'itself whose its files are); what is copied out is yours.',
    examples: [
      'cloud instance cp web:/etc/motd ./motd',
      'cloud instance cp ./site web:/www',
      'tar c site | cloud instance cp - web:/www',
      'cloud instance cp web:/var/log - | tar t',
    ],
  }).action(async (source: string, target: string) => {
    const [from, to] = [inInstance(source), inInstance(target)];
    if (from && !to) return copyOut(cli, from, target);
    if (to && !from) return copyIn(cli, source, to);
    throw usageError('Exactly one of the two is INSTANCE:/PATH.', 'See: cloud instance cp --help');
  });
}

interface Place {
  readonly instance: string;
  readonly path: string;
}

/** "web:/etc/motd"; undefined: it is a path here. */
function inInstance(text: string): Place | undefined {
  const [, instance, path] = /^([^/.:][^/:]*):(.*)$/s.exec(text) ?? [];
  if (instance === undefined || path === undefined) return undefined;
  if (!path.startsWith('/')) throw usageError(`${text}: a path in an instance begins with /.`);
  return { instance, path };
}

async function copyOut(cli: Cli, { instance, path }: Place, target: string): Promise<void> {
  const id = await resolveId(cli, instances, instance);
  const cloud = await cli.cloud();
  const bytes = async function* () {
    for await (const { data } of cloud.instances.readFiles(id, { path })) yield fromBase64(data ?? '');
  };
  const arriving = counted(cli.io, `Copying ${instance}:${path}`, cli.style.quiet, bytes());
  if (target === '-') {
    for await (const piece of arriving) await write(cli.io.stdout, piece);
    return;
  }
  const isDirectory = (await stat(target).catch(() => undefined))?.isDirectory() ?? false;
  const [dir, name] = isDirectory ? [target, undefined] : [dirname(target), basename(target)];
  await unpackInto(dir, name, arriving);
}

async function copyIn(cli: Cli, source: string, { instance, path }: Place): Promise<void> {
  const id = await resolveId(cli, instances, instance);
  const { instances: api } = await cli.cloud();
  const upload = async (dir: string, archive: AsyncIterable<Uint8Array>) => {
    const leaving = counted(cli.io, `Copying ${source}`, cli.style.quiet, archive);
    const body = Readable.toWeb(Readable.from(leaving, { objectMode: false })) as ReadableStream<Uint8Array>;
    await api.writeFiles(id, body, { path: dir }, { timeoutMs: UPLOAD_MS });
  };
  if (source === '-') return upload(path, stdinBytes(cli.io));
  const found = await stat(source).catch((error: unknown) => {
    throw usageError(`${source} cannot be read: ${messageOf(error)}`);
  });
  const there = await api.getFile(id, { path }).catch(unlessAbsent);
  if (there?.kind === 'directory' || there?.kind === 'link')
    return upload(path, packed(source, basename(source)));
  if (there && found.isDirectory()) throw usageError(`${path} is no directory, and ${source} is one.`);
  await upload(posix.dirname(path), packed(source, posix.basename(path)));
}

function unlessAbsent(error: unknown): InstanceFile | undefined {
  if (error instanceof CloudApiError && error.reason === 'FILE_NOT_FOUND') return undefined;
  throw error;
}
