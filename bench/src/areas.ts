import { api } from './api.bench';
import type { Area } from './area';
import { placement } from './placement.bench';

/** What `make bench` knows; an area more is a file and a line here. */
export const areas: readonly Area[] = [api, placement];
