import type { Row } from './area';

/** What a row must reach: a ratio to its peer, a figure of its own, or both. `aim` is what we would like. */
export interface Target {
  readonly ratio?: number;
  readonly ours?: number;
  readonly aim?: number;
}

/** By row. At least, where higher is better; at most, where lower is. */
export const targets: Readonly<Record<string, Target>> = {
  'launch.p50': { ratio: 1.15, aim: 1.05 },
  'launch.p99': { ratio: 1.3 },
  // Half as much again as the earlier monolith: 1,550 reads/s, and 180 creates/s until running.
  'api.read': { ratio: 0.6, aim: 1, ours: 2325 },
  'api.read.p95': { ours: 20 },
  'api.list': { ratio: 0.6, aim: 1 },
  'api.write': { ratio: 0.25, aim: 0.5, ours: 270 },
  'api.write.p95': { ours: 60 },
  placement: { ours: 1000, aim: 5000 },
  // The last thousand as fast as the first, or nearly.
  'placement.evenness': { ours: 0.9 },
  fairness: { ratio: 1.5 },
  idle: { ours: 3 },
  'idle.memory': { ours: 500 },
  events: { ours: 5 },
  'events.p99': { ours: 25 },
};

/** True and false where there is a target, undefined where there is none. */
export function met(row: Row): boolean | undefined {
  const target = targets[row.name];
  if (!target) return undefined;
  const reaches = (value: number | null, limit: number | undefined) =>
    limit === undefined || (value !== null && (row.better === 'higher' ? value >= limit : value <= limit));
  return reaches(row.ratio, target.ratio) && reaches(row.ours, target.ours);
}

/** "≥ 0.6 × peer (aim 1), ≥ 2325 1/s". */
export function sayTarget(row: Row): string {
  const target = targets[row.name];
  if (!target) return '';
  const sign = row.better === 'higher' ? '≥' : '≤';
  const parts = [
    ...(target.ratio === undefined ? [] : [`${sign} ${target.ratio} × peer`]),
    ...(target.ours === undefined ? [] : [`${sign} ${target.ours} ${row.unit}`]),
  ];
  return parts.join(', ') + (target.aim === undefined ? '' : ` (aim ${target.aim})`);
}
