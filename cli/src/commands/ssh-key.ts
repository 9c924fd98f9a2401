import type { SshKey } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { addList, addNoun, addRemove, addShow, addVerb } from '../noun';
import { pair } from '../parse';
import { readPublicKey } from '../public-key';
import { ageColumn, idColumn, idOf, metadataDetails, nameColumn, resolveId } from '../resource';
import type { Kind } from '../resource';

export const sshKeys: Kind<SshKey> = {
  noun: 'ssh-key',
  of: (cloud) => cloud.sshKeys,
  collection: 'ssh_keys',
  scope: 'project',
  nameFilter: true,
  id: idOf,
  columns: [
    nameColumn,
    { title: 'TYPE', value: (key) => key.type },
    { title: 'FINGERPRINT', value: (key) => key.fingerprint },
    ageColumn,
    idColumn,
  ],
  details: [{ title: 'PUBLIC KEY', value: (key) => key.public_key }, ...metadataDetails],
};

export function addSshKeys(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'ssh-key', {
    summary: 'SSH public keys that virtual machines let in',
    aliases: ['ssh-keys'],
    examples: ['cloud ssh-key import laptop ~/.ssh/id_ed25519.pub', 'cloud ssh-key list'],
  });
  addList(noun, cli, sshKeys, {
    examples: ['cloud ssh-key list', 'cloud ssh-key list --label team=web'],
    byName: true,
  });
  addShow(noun, cli, sshKeys, { examples: ['cloud ssh-key show laptop'] });
  addRemove(noun, cli, sshKeys, { summary: 'Removes SSH keys', examples: ['cloud ssh-key rm laptop'] });
  addVerb(noun, 'import <name> <file>', {
    summary: 'Imports a public key from a file, or from standard input with -',
    notes: 'A private key is refused before anything is sent.',
    examples: ['cloud ssh-key import laptop ~/.ssh/id_ed25519.pub'],
  })
    .option('--label <key=value>', 'label, repeatable', pair)
    .action(async (name: string, file: string, { label }: { label?: Record<string, string> }) => {
      const request = { name, labels: label, public_key: await readPublicKey(cli.io, file) };
      cli.printOne(sshKeys, await (await cli.cloud()).sshKeys.import(request));
    });
  addVerb(noun, 'rename <ssh-key> <name>', {
    summary: 'Gives a key another name',
    examples: ['cloud ssh-key rename laptop old-laptop'],
  }).action(async (key: string, name: string) => {
    const id = await resolveId(cli, sshKeys, key);
    cli.printOne(sshKeys, await (await cli.cloud()).sshKeys.rename(id, { name }));
  });
}
