import type { Cloud } from '@thecloud/sdk';
import type { Command } from 'commander';
import { idOfOnly } from './by-name';
import { openCloud } from './cloud';
import { readConfig, type Config } from './config';
import { connect, type Connection } from './connection';
import { CliError, exitCodes, usageError } from './exit-codes';
import type { Io } from './io';
import { inWords } from './problem';
import type { Query } from './query';
import { arranged, type Layout } from './columns';
import { isData, renderList, renderOne, renderRow, type Format, type Style, type View } from './output';

/** What a method acts in: a project, the signed-in user, the installation, or nobody's name at all. */
export type Scope = 'project' | 'user' | 'platform' | 'public';

interface GlobalOptions {
  output: Format;
  headers: boolean;
  query?: Query;
  quiet?: boolean;
  context?: string;
  project?: string;
}

const mostOfOneName = 1_000;

/** What every command stands on: the world, the options, the API, the printer. */
export class Cli {
  #server?: string;
  #connection?: Promise<Connection>;
  #projectId?: Promise<string | undefined>;

  constructor(
    readonly io: Io,
    private readonly root: Command,
  ) {}

  get options(): GlobalOptions {
    return this.root.opts<GlobalOptions>();
  }

  get style(): Style {
    const { output, quiet = false, headers, query } = this.options;
    const { NO_COLOR, TERM } = this.io.env;
    const colour = this.io.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb';
    return { format: query && output === 'table' ? 'text' : output, quiet, colour, headers, query };
  }

  /** Makes this invocation talk to that address; to be said before it talks. */
  at(server: string | undefined): void {
    this.#server = server;
  }

  /** What the configuration file says, whether or not the context that is asked for is there. */
  config(): Promise<Config> {
    return readConfig(this.io.env, (text) => this.warn(text));
  }

  /** Settings of this invocation; read once. */
  connection(): Promise<Connection> {
    return (this.#connection ??= connect(this.io.env, { ...this.options, server: this.#server }, (text) =>
      this.warn(text),
    ));
  }

  /** Address of the cloud. */
  async server(): Promise<string> {
    return (await this.connection()).server;
  }

  /** A client for methods of the scope. */
  async cloud(scope: Scope = 'project'): Promise<Cloud> {
    const connection = await this.connection();
    const { server, credential } = connection;
    if (scope === 'public') return openCloud({ server }, this.io);
    if (!credential) {
      throw new CliError(
        exitCodes.forbidden,
        `You are not signed in at ${server}.`,
        'Sign in with: cloud login',
      );
    }
    // Only projects' own methods name the project: a lost one must not stand in the way of choosing another.
    if (scope !== 'project') return openCloud({ server, credential }, this.io);
    const projectId = await (this.#projectId ??= this.chooseProject(connection));
    return openCloud({ server, credential, projectId }, this.io);
  }

  /** The most that this caller can name: a project, at least itself, or nobody. */
  async broadestScope(): Promise<Scope> {
    const { credential, credentialKind, projectWanted, projectId } = await this.connection();
    if (!credential) return 'public';
    return projectWanted || projectId || credentialKind === 'API key' ? 'project' : 'user';
  }

  private async chooseProject(connection: Connection): Promise<string | undefined> {
    const { projectWanted, projectId, credentialKind } = connection;
    if (projectWanted) return this.projectIdOf(projectWanted);
    if (credentialKind === 'session' && !projectId) {
      throw usageError(
        'No project is chosen.',
        'Choose one with: cloud project use NAME (cloud project list shows them)',
      );
    }
    return projectId;
  }

  /** The id behind a project's name or id; a name that several have is refused. */
  async projectIdOf(nameOrId: string): Promise<string> {
    if (nameOrId.includes('_')) return nameOrId;
    const { projects } = await this.cloud('user');
    const { items } = await projects.list({ name: nameOrId }).take(mostOfOneName);
    return idOfOnly(
      'project',
      nameOrId,
      items.filter(({ metadata }) => metadata.name === nameOrId),
    );
  }

  /** Prints one thing to standard output; json and yaml are the API's own answer. */
  printOne<T>(view: View<T>, item: T, answer: unknown = item): void {
    this.io.stdout.write(renderOne(view, item, answer, this.style));
  }

  /** Prints one after another as they come: a row each under one head, or a line of JSON, or a document of YAML. */
  rows<T>(layout: Layout = {}): (view: View<T>, item: T) => void {
    if (layout.sort) throw usageError('What is watched comes as it happens: it cannot be sorted.');
    const widths: number[] = [];
    let first = true;
    return (view, item) => {
      const { format } = this.style;
      this.io.stdout.write(renderRow(arranged(view, layout, format), item, this.style, widths, first));
      first = false;
    };
  }

  /** `answer` has the API's shape; json and yaml print it as it is. */
  printList<T>(view: View<T>, items: readonly T[], answer: unknown, layout: Layout = {}): void {
    const { format } = this.style;
    const shown = arranged(view, layout, format);
    if (items.length === 0 && !isData(format)) {
      this.note('Nothing to show.');
      return;
    }
    this.io.stdout.write(renderList(shown, items, answer, this.style));
  }

  /** A remark for a person; not part of the output, and not made when only ids are wanted. */
  note(text: string): void {
    if (!this.style.quiet) this.io.stderr.write(`${text}\n`);
  }

  /** An error that does not end the command. */
  tell(error: CliError): void {
    this.io.stderr.write(inWords(error));
  }

  warn(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }
}
