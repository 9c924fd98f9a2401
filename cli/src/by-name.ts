import type { ResourceMetadata } from '@thecloud/sdk';
import { CliError, exitCodes } from './exit-codes';

interface Named {
  metadata: ResourceMetadata;
}

/** The id of the only one of that name. NOT_FOUND when there is none; several are never guessed of. */
export function idOfOnly(noun: string, name: string, found: readonly Named[]): string {
  const [only] = found;
  if (!only) {
    const advice = `See them with: cloud ${noun} list`;
    throw new CliError(exitCodes.notFound, `There is no ${noun} named "${name}".`, advice);
  }
  if (found.length > 1) throw ambiguous(noun, name, found);
  return only.metadata.id;
}

/** Several have that name: guessing which one is meant would act on another. */
export const ambiguous = (noun: string, name: string, found: readonly Named[]) =>
  new CliError(
    exitCodes.conflict,
    `"${name}" names ${found.length} ${noun}s.`,
    'Give the id of the one you mean.',
    found.map(({ metadata }) => metadata.id),
  );
