import { api } from './api.bench';
import type { Area } from './area';
import { events } from './events.bench';
import { fairness } from './fairness.bench';
import { idle } from './idle.bench';
import { launches } from './launch.bench';
import { placement } from './placement.bench';
import { streams } from './stream.bench';

/** What `make bench` knows; an area more is a file and a line here. */
export const areas: readonly Area[] = [api, events, fairness, idle, launches, placement, streams];
