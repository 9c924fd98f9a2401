import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, type ProcessIdentity, identify, isAlive, until } from '../src';

/** A temporary directory and the engines in it; all are gone after `destroy`. */
export class Scratch {
  readonly dir = mkdtempSync(join(tmpdir(), 'engines-'));
  private readonly engines: Engine[] = [];

  add<E extends Engine>(engine: E): E {
    this.engines.push(engine);
    return engine;
  }

  async destroy(): Promise<void> {
    for (const engine of this.engines.reverse()) await engine.destroy();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The engine's process, which must be alive. */
export function processOf(engine: Engine): ProcessIdentity {
  const found = identify(engine.pid() ?? -1);
  if (!found) throw new Error(`${engine.name} is not running`);
  return found;
}

/** kill -9, and waits until the kernel agrees. */
export async function crash(engine: Engine): Promise<void> {
  const victim = processOf(engine);
  process.kill(victim.pid, 'SIGKILL');
  if (!(await until(() => !isAlive(victim), 5_000))) throw new Error(`${engine.name} survived SIGKILL`);
}
