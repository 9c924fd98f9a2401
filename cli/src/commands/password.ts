import type { Command } from 'commander';
import type { Cli } from '../cli';
import { usageError } from '../exit-codes';
import { addVerb } from '../noun';
import { readSecretLines, readSecret } from '../prompt';

export function addPassword(program: Command, cli: Cli): void {
  addVerb(program, 'password', {
    summary: 'Changes your password; all your other sessions end',
    notes: 'Without a terminal, standard input has two lines: the present password and the new one.',
    examples: ['cloud password', 'cloud password < old-and-new.txt'],
  }).action(async () => {
    const [old_password = '', new_password = ''] = await presentAndNew(cli);
    await (await cli.cloud('user')).users.changePassword({ old_password, new_password });
    cli.note('Changed. Your other sessions have ended; your API keys work on.');
  });
}

async function presentAndNew(cli: Cli): Promise<string[]> {
  const { io } = cli;
  if (io.stdin.isTTY) return [await readSecret(io, 'present password'), await newPassword(cli)];
  const lines = await readSecretLines(io, 'password');
  if (lines.length < 2)
    throw usageError(
      'Standard input holds no second line.',
      'Pipe in two: the present password and the new one.',
    );
  return lines;
}

/** Typed unseen, so typed twice. */
export async function newPassword({ io }: Cli): Promise<string> {
  const typed = await readSecret(io, 'new password (12 characters or more)');
  if (typed !== (await readSecret(io, 'the same again')))
    throw usageError('The two are not the same.', 'Try again: nothing was changed.');
  return typed;
}
