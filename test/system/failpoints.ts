import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The steps that one process has passed, and the one it is to crash at. */
export class Failpoints {
  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  /** Passed since the last `forget`, each as often as it was, in order. */
  passed(): string[] {
    const file = join(this.dir, 'passed');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  forget(): void {
    rmSync(join(this.dir, 'passed'), { force: true });
  }

  /** From now on, and once. */
  crashAt(step: string): void {
    writeFileSync(join(this.dir, 'crash-at'), step);
  }

  /** It stands still there, once, until it gets SIGCONT. */
  stopAt(step: string): void {
    writeFileSync(join(this.dir, 'stop-at'), step);
  }

  /** It is neither to crash nor to stop any more. */
  disarm(): void {
    rmSync(join(this.dir, 'crash-at'), { force: true });
    rmSync(join(this.dir, 'stop-at'), { force: true });
  }
}

/** The kinds of steps that our code announces: the first argument of each `passing(…)`. */
export function announcedInCode(): string[] {
  const within = (dir: string) => readdirSync(join(root, dir)).map((name) => `${dir}/${name}`);
  const kinds = [...within('packages'), ...within('services'), 'agent']
    .flatMap(sourcesOf)
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bpassing\(\s*'([^']+)'/g)].map(([, kind]) => kind ?? ''),
    );
  return [...new Set(kinds)];
}

const root = join(__dirname, '../..');

function sourcesOf(part: string): string[] {
  const dir = join(root, part, 'src');
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(dir, file));
}
