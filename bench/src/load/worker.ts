import { answer } from '../processes';
import { creates } from './creates';
import type { CreateJob } from './creates';
import { flood } from './flood';
import type { FloodJob } from './flood';
import { reads } from './reads';
import type { ReadJob } from './reads';
import { steady } from './steady';
import type { SteadyJob } from './steady';

/** The load generator: a process of its own, so that what it costs is not taken for what it measures. */
export type Job = ReadJob | CreateJob | SteadyJob | FloodJob;

answer<Job>((job) => {
  switch (job.kind) {
    case 'reads':
      return reads(job);
    case 'creates':
      return creates(job);
    case 'steady':
      return steady(job);
    case 'flood':
      return flood(job);
  }
});
