import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The source tree. */
export const root = join(__dirname, '..', '..', '..');

export const INSTALLATION_FILE = 'installation.json';

/** Where everything of one installation is kept. Nobody but root reads anything in it. */
export class Layout {
  constructor(readonly home: string) {}

  readonly secret = (name: string) => join(this.home, 'secrets', name);
  readonly log = (process: string) => join(this.home, 'log', `${process}.log`);
  readonly pidFile = (process: string) => join(this.home, 'run', `${process}.pid`);
  /** There while an engine does not stay alive: a line that says so. */
  readonly trouble = (engine: string) => join(this.home, 'run', `${engine}.trouble`);
  readonly environment = (service: string) => join(this.home, 'config', `${service}.env`);
  /** A process's own directory: its certificate, its join token, its state. */
  readonly process = (service: string, ...rest: string[]) => join(this.home, 'process', service, ...rest);
  /** An engine's certificate. */
  readonly tls = (engine: string) => join(this.home, 'tls', engine);

  get identitySecrets() {
    return join(this.home, 'identity');
  }
  get plan() {
    return join(this.home, 'run', 'plan.json');
  }
  get installation() {
    return join(this.home, INSTALLATION_FILE);
  }
  /** Paths of the CLI configurations that name this installation. */
  get cliConfigs() {
    return join(this.home, 'cli-configs');
  }
  /** When the registry's garbage was last collected. */
  get garbageCollected() {
    return join(this.home, 'run', 'garbage-collected');
  }
  /** What `make up` was told, for the next time. */
  get settings() {
    return join(this.home, 'settings.json');
  }
  get state() {
    return join(this.home, 'state.json');
  }

  /** Makes the directories that others write into; PostgreSQL's user passes through the home, so it is open to that. */
  make(): void {
    mkdirSync(this.home, { recursive: true, mode: 0o711 });
    chmodSync(this.home, 0o711);
    for (const name of ['secrets', 'log', 'run', 'config', 'process', 'tls', 'identity'])
      mkdirSync(join(this.home, name), { recursive: true, mode: 0o700 });
  }
}

/** THECLOUD_HOME, or `.cloud` in the source tree. */
export function layoutFrom(env: NodeJS.ProcessEnv): Layout {
  return new Layout(env.THECLOUD_HOME || join(root, '.cloud'));
}

/** Replaces a file at once, readable by its owner alone; untouched when it already says that. True when it changed. */
export function writePrivate(file: string, text: string): boolean {
  if (readIfThere(file) === text) {
    chmodSync(file, 0o600);
    return false;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return true;
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
