import type { ImageDriver } from '../kinds/instance/ports/image-driver';
import type { InstanceDriver, SeenInstance } from '../kinds/instance/ports/instance-driver';
import type { Backoff } from './backoff';
import type { Problem } from '../kinds/instance/describe';
import type { Journal } from './journal';
import type { Observations } from './observations';
import type { InstanceRecord } from './record';
import type { RestartTimer } from '../kinds/instance/restarts';

/** What making instances true takes. */
export interface ReconcilerDeps {
  journal: Journal;
  driver: InstanceDriver;
  images: ImageDriver;
  observations: Observations;
  /** May it not be started now, because it may run on another host? */
  fenced(record: InstanceRecord): boolean;
  now(): number;
  log: { info(o: object, text: string): void; warn(o: object, text: string): void };
}

/** What is remembered of an instance between two looks; losing it costs nothing but patience. */
export interface Memory {
  readonly restarts: RestartTimer;
  readonly failures: Backoff;
  /** Generation the failures are about. */
  failing: number;
  lastSeen?: SeenInstance;
  exit?: { readonly finishedAt: number; readonly looping: boolean; readonly problem?: Problem };
}
