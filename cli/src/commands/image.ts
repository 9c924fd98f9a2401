import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { Image } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { stateOption } from '../completion/suggestions';
import { usageError } from '../exit-codes';
import {
  addList,
  addNoun,
  addRemove,
  addShow,
  addVerb,
  addWaitOptions,
  finish,
  print,
  type WaitOptions,
} from '../noun';
import { size } from '../output';
import { pair } from '../parse';
import { startProgress } from '../progress';
import { ageColumn, idColumn, idOf, metadataDetails, nameColumn, resolveId, type Kind } from '../resource';
import { stdinBytes } from '../stdin';
import { messageOf } from '../thrown';
import { addImageCopy } from './image-copy';

export const images: Kind<Image> = {
  noun: 'image',
  of: (cloud) => cloud.images,
  watch: (cloud, filter) => cloud.images.watchAll(filter),
  collection: 'images',
  scope: 'project',
  nameFilter: true,
  id: idOf,
  // A name means a live image before one that failed, and the project's own before a shared one.
  rank: ({ status }) =>
    (['ready', 'importing'].includes(status?.state ?? '') ? 0 : 2) + (status?.shared ? 1 : 0),
  columns: [
    nameColumn,
    { title: 'STATE', state: true, value: ({ status }) => status?.state },
    {
      title: 'SIZE',
      value: ({ status }) => (status?.size_bytes ? size(Number(status.size_bytes)) : undefined),
      sort: ({ status }) => Number(status?.size_bytes ?? 0),
    },
    { title: 'SOURCE', value: sourceOf },
    ageColumn,
    idColumn,
  ],
  details: [
    { title: 'REASON', value: ({ status }) => [status?.reason, status?.message].filter(Boolean).join(': ') },
    { title: 'SHARED', value: ({ status }) => (status?.shared ? 'with all projects' : undefined) },
    { title: 'COPY OF', value: ({ status }) => status?.copied_from },
    { title: 'DIGEST', value: ({ status }) => status?.digest, wide: true },
    ...metadataDetails,
  ],
};

/** A project that sees an image of another one is not told where it came from. */
function sourceOf({ metadata, spec, status }: Image): string {
  if (status?.shared && !metadata.project_id) return 'shared';
  return spec?.source || (status?.copied_from ? 'copy' : 'uploaded');
}

export function addImages(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'image', {
    summary: 'Images: what instances start from',
    aliases: ['images'],
    examples: ['cloud image list', 'cloud image import docker.io/library/nginx:1.27 --name nginx'],
  });
  addList(
    noun,
    cli,
    images,
    {
      examples: ['cloud image list', 'cloud image list --state failed', 'cloud image list --shared'],
      byName: true,
    },
    ({ state, shared }: Filter) => ({ state, shared }),
  )
    .addOption(stateOption('importing', 'ready', 'failed', 'deleting'))
    .option('--shared', 'only those that the operator shares with all projects');
  addShow(noun, cli, images, { examples: ['cloud image show nginx'] });
  addRemove(noun, cli, images, {
    summary: 'Removes images that no instance uses',
    examples: ['cloud image rm nginx'],
  });
  addImport(noun, cli);
  addUpload(noun, cli);
  addImageCopy(noun, cli, images);
  addShare(noun, cli, 'share', 'Lets all projects launch from an image (for administrators)');
  addShare(noun, cli, 'unshare', 'Ends that; instances that use it run on (for administrators)');
}

interface Filter {
  state?: string;
  shared?: boolean;
}

function addShare(noun: Command, cli: Cli, word: 'share' | 'unshare', summary: string): void {
  addVerb(noun, `${word} <image>`, { summary, examples: [`cloud image ${word} starter`] }).action(
    async (nameOrId: string) => {
      const id = await resolveId(cli, images, nameOrId);
      await print(cli, images, await (await cli.cloud()).images[word](id));
    },
  );
}

interface NewImage extends WaitOptions {
  name?: string;
  label?: Record<string, string>;
}

function addImport(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'import <reference>', {
    summary: "Copies an image from a registry into the cloud's own",
    examples: [
      'cloud image import docker.io/library/nginx:1.27',
      'cloud image import ghcr.io/acme/web:3 --name web',
    ],
  })
    .option('--name <name>', "name of the image here; without it, the reference's last part")
    .option('--label <key=value>', 'label, repeatable', pair);
  addWaitOptions(verb).action(async (source: string, options: NewImage) => {
    const name = options.name ?? nameFrom(source.replace(/@.*$/, ''));
    const { images: registry } = await cli.cloud();
    const image = await registry.create({ name, labels: options.label, spec: { source } });
    await finish(cli, images, image, `Importing ${name}`, options);
  });
}

function addUpload(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'upload <file> [command...]', {
    summary:
      'Makes an image from a tarball: a root file system, a `docker save` or an OCI archive; gzip or zstd is fine',
    notes:
      'With - it is read from standard input. A command after -- is what the image runs when an instance names none.',
    examples: [
      'cloud image upload web.tar --name web',
      'docker save web | cloud image upload - --name web',
      'cloud image upload rootfs.tar.gz --name tiny -- /bin/httpd -f',
    ],
  })
    .option('--name <name>', "name of the image; without it, the file's")
    .option('--label <key=value>', 'label, repeatable', pair);
  addWaitOptions(verb).action(async (file: string, command: string[], options: NewImage) => {
    const piped = file === '-';
    if (piped && !options.name) throw usageError('Standard input has no name.', 'Give one with --name NAME');
    const name = options.name ?? nameFrom(basename(file).replace(/\.(tar|tgz|tar\.\w+)$/i, ''));
    const data = piped ? webStream(stdinBytes(cli.io)) : await openFile(file);
    const title = `Uploading ${name}${data instanceof Blob ? ` (${size(data.size)})` : ''}`;
    const progress = await startProgress(cli.io, title, cli.style.quiet);
    try {
      const { images: registry } = await cli.cloud();
      const image = await registry.upload(data, { name, command, labels: options.label });
      progress.end('done');
      await finish(cli, images, image, `Importing ${name}`, options);
    } catch (error) {
      progress.end('left');
      throw error;
    }
  });
}

const webStream = (bytes: AsyncIterable<Uint8Array>) =>
  Readable.toWeb(Readable.from(bytes, { objectMode: false })) as ReadableStream<Uint8Array>;

/** The file as a body that is read while it is sent, and again if it must be sent again. */
async function openFile(path: string): Promise<Blob> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is not a regular file');
    return await openAsBlob(path);
  } catch (error) {
    throw usageError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** A valid name out of the last part of a path: "library/Nginx:1.27" is "nginx". */
export function nameFrom(reference: string): string {
  const last = reference.split('/').at(-1) ?? '';
  const name = last
    .replace(/:.*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  if (name === '') throw usageError(`No name follows from "${reference}".`, 'Give one with --name NAME');
  return name;
}
