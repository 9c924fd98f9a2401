import { CloudApiError, type Operation } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from './cli';
import { CliError, exitCodes, ProgramExit } from './exit-codes';
import { isData } from './output';
import { explain } from './problem';
import { resolveId, viewOf, type Kind, type Resource } from './resource';
import { addSelectors, selected, type Selection, type Selectors } from './selection';
import { addWaitOptions, waitForOperation, type WaitOptions } from './waiting';

/** What is done to each of those that are named or selected. */
export interface Deed<T extends Resource, O> {
  /** "Remove", "removing": for questions, progress and remarks. */
  infinitive: string;
  participle: string;
  act: (id: string, options: O) => Promise<T>;
  /** What is printed of it in the end; `operation`: the one that was waited for. */
  end: (answer: T, operation?: Operation) => Promise<T> | T;
  /** Why there is nothing to wait for: it is as wanted already. */
  already?: (answer: T) => string | undefined;
  /** Instead of a table of what they are now: "Removed web." */
  remark?: (name: string, done: boolean) => string;
}

type Options = WaitOptions & Selectors;

/**
 * Makes a verb act on one, several, or all of a kind with some labels, and wait for all of them. When one fails the
 * others go on; each failure is told, and the first one's exit code is the program's.
 */
export function addBulk<T extends Resource, O extends object>(
  verb: Command,
  cli: Cli,
  kind: Kind<T>,
  deed: Deed<T, O>,
): Command {
  return addWaitOptions(addSelectors(verb, kind)).action(async (names: string[], options: Options & O) => {
    const selection = await selected(cli, kind, names, options, deed.infinitive);
    if (selection.targets.length === 0) return;
    await new Bulk(cli, kind, deed, selection, options).run();
  });
}

class Bulk<T extends Resource, O extends object> {
  readonly #done: T[] = [];
  #failed?: CliError;

  constructor(
    private readonly cli: Cli,
    private readonly kind: Kind<T>,
    private readonly deed: Deed<T, O>,
    private readonly selection: Selection,
    private readonly options: Options & O,
  ) {}

  /** All are asked for before the first is waited for: the cloud works on them at the same time. */
  async run(): Promise<void> {
    const begun = Date.now();
    const accepted: { name: string; answer: T }[] = [];
    for (const { name, id: known } of this.selection.targets) {
      await this.attempt(name, async () => {
        const id = known ?? (await resolveId(this.cli, this.kind, name));
        if (accepted.some(({ answer }) => answer.metadata.id === id)) return; // named twice
        accepted.push({ name, answer: await this.deed.act(id, this.options) });
      });
    }
    for (const { name, answer } of accepted)
      await this.attempt(name, () => this.finish(name, answer, begun + this.options.timeout * 1000));
    await this.print();
    if (this.#failed) throw new ProgramExit(this.#failed.exitCode);
  }

  /** One alone fails as any command does. */
  private async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const error = explain(thrown, this.cli.io.signal);
      if (!this.selection.many || !(error instanceof CliError) || concernsAll(thrown, error)) throw thrown;
      this.cli.tell(new CliError(error.exitCode, `${name}: ${error.message}`, error.advice, error.details));
      this.#failed ??= error;
    }
  }

  private async finish(name: string, answer: T, deadline: number): Promise<void> {
    const { operation_id: id } = answer.metadata;
    const title = `${this.deed.participle} ${name}`;
    const timeoutSeconds = Math.max(1, Math.ceil((deadline - Date.now()) / 1000));
    const already = this.deed.already?.(answer);
    if (already) this.cli.note(`${name} ${already}`);
    const waits = this.options.wait && Boolean(id) && !already;
    const operation = waits ? await waitForOperation(this.cli, id, { title, timeoutSeconds }) : undefined;
    this.#done.push(waits || !id ? await this.deed.end(answer, operation) : answer);
    if (this.remarks) this.cli.io.stdout.write(`${this.deed.remark!(name, waits || !id)}\n`);
    else if (!waits && id && !already) this.cli.note(`Follow it with: cloud operation wait ${id}`);
  }

  /** Tables of what is gone tell nobody anything. */
  private get remarks(): boolean {
    const { format, quiet } = this.cli.style;
    return this.deed.remark !== undefined && !quiet && !isData(format) && format !== 'name';
  }

  private async print(): Promise<void> {
    const [only] = this.#done;
    if (this.remarks || !only) return;
    const view = await viewOf(this.cli, this.kind, this.#done);
    if (!this.selection.many) this.cli.printOne(view, only);
    else this.cli.printList(view, this.#done, { [this.kind.collection]: this.#done });
  }
}

/** What the next one would meet, too: no answer, no credential, the user has gone. */
function concernsAll(thrown: unknown, { exitCode }: CliError): boolean {
  if (exitCode === exitCodes.interrupted) return true;
  if (thrown instanceof CloudApiError) return thrown.status === 401;
  return !(thrown instanceof CliError);
}
