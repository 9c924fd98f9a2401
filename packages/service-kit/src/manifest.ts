import type { z } from 'zod';
import { loadConfig } from './config';

/** An engine that some services stand on, besides those that all do. */
export type ServiceEngine = 'registry';

/**
 * What a service says of itself. `make up`, the clouds of the tests, generated documentation and backups go by it: none of
 * them keeps a list of services.
 */
export interface ServiceManifest {
  /** Also of its schema, its database role, its certificates and its folder: "compute". */
  readonly name: string;
  /** Heading of its errors in docs/errors.md. */
  readonly title: string;
  /**
   * TCP ports by name, with their defaults. Its own name is the gRPC server, `<name>Ops` the operations server. A port is
   * told as THECLOUD_<NAME>_ADDRESS, that of the operations server as THECLOUD_OPS_ADDRESS.
   */
  readonly ports: Readonly<Record<string, number>>;
  readonly engines: readonly ServiceEngine[];
  /** Settings that name a directory of its own, and how that is called. */
  readonly directories: Readonly<Record<string, string>>;
  /** Whether users find operations in it. */
  readonly operations: boolean;
  /** SQL that brings its schema up to date, for `migrate`. */
  readonly migrationsFolder: string;
  /** Names of all its settings. */
  readonly settings: readonly string[];
  /** Starts it with the settings in this environment. Rejects with everything that is wrong with them. */
  readonly run: (env?: NodeJS.ProcessEnv) => Promise<RunningService>;
}

export interface RunningService {
  /** Of its gRPC server. */
  readonly port: number;
  /** Drains and closes everything. */
  close(): Promise<void>;
}

interface Declared<S extends z.ZodObject>
  extends
    Pick<ServiceManifest, 'name' | 'title' | 'ports' | 'migrationsFolder'>,
    Partial<Pick<ServiceManifest, 'engines' | 'directories' | 'operations'>> {
  readonly config: S;
  readonly start: (config: z.infer<S>) => Promise<RunningService>;
}

export function defineService<S extends z.ZodObject>({
  config,
  start,
  ...rest
}: Declared<S>): ServiceManifest {
  return {
    ...{ engines: [], directories: {}, operations: true },
    ...rest,
    settings: Object.keys(config.shape),
    run: (env) => start(loadConfig(config, env)),
  };
}
