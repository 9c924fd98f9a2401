import { entry, errorCatalogue } from '@thecloud/kernel';

/** What an agent refuses. Its callers are controllers: a refusal means that they are behind. */
export const errors = errorCatalogue('agent.thecloud', {
  STALE_EPOCH: entry<{ epoch: string; seen: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The order comes from leader epoch ${m.epoch}, but this host has obeyed epoch ${m.seen}. Read the state again.`,
  ),
  STALE_GENERATION: entry<{ generation: string; seen: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The order is of generation ${m.generation}, but this host has generation ${m.seen}. Read the state again.`,
  ),
  GENERATION_REUSED: entry<{ generation: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `This host has another order of the same generation ${m.generation}. A changed order needs a new generation.`,
  ),
});
