import { answer } from '../processes';
import { creates } from './creates';
import type { CreateJob } from './creates';
import { reads } from './reads';
import type { ReadJob } from './reads';

/** The load generator: a process of its own, so that what it costs is not taken for what it measures. */
export type Job = ReadJob | CreateJob;

answer<Job>((job) => (job.kind === 'reads' ? reads(job) : creates(job)));
