import type { Command } from 'commander';
import { ApiClient, type CallOptions } from './api-client';
import { connect, type Connection } from './connection';
import { CliError, exitCodes, usageError } from './exit-codes';
import type { Io } from './io';
import { renderList, renderOne, type Format, type Style, type View } from './output';

/** What a method acts in: a project, the signed-in user, the installation, or nobody's name at all. */
export type Scope = 'project' | 'user' | 'platform' | 'public';

interface GlobalOptions {
  output: Format;
  quiet?: boolean;
  context?: string;
  project?: string;
}

interface ProjectPage {
  projects?: { metadata: { id: string; name: string } }[];
  next_page_token?: string;
}

/** What every command stands on: the world, the options, the API, the printer. */
export class Cli {
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
    const { output, quiet = false } = this.options;
    const { NO_COLOR, TERM } = this.io.env;
    return { format: output, quiet, colour: this.io.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb' };
  }

  /** Settings of this invocation; read once. */
  connection(): Promise<Connection> {
    return (this.#connection ??= connect(this.io.env, this.options, (text) => this.warn(text)));
  }

  /** A client for methods of the scope. */
  async api(scope: Scope = 'project'): Promise<ApiClient> {
    const connection = await this.connection();
    const { server, credential } = connection;
    if (scope === 'public') return new ApiClient({ server }, this.io.signal);
    if (!credential) {
      throw new CliError(
        exitCodes.forbidden,
        `You are not signed in at ${server}.`,
        'Sign in with: cloud login',
      );
    }
    // Only projects' own methods name the project: a lost one must not stand in the way of choosing another.
    if (scope !== 'project') return new ApiClient({ server, credential }, this.io.signal);
    const projectId = await (this.#projectId ??= this.chooseProject(connection));
    return new ApiClient({ server, credential, projectId }, this.io.signal);
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

  /** The id behind a project's name or id. */
  async projectIdOf(nameOrId: string): Promise<string> {
    if (nameOrId.includes('_')) return nameOrId;
    const api = await this.api('user');
    let token: string | undefined;
    do {
      const page: ProjectPage = await api.get('/v1/projects', {
        query: { page_size: 500, page_token: token },
      });
      const found = page.projects?.find((project) => project.metadata.name === nameOrId);
      if (found) return found.metadata.id;
      token = page.next_page_token;
    } while (token);
    throw new CliError(
      exitCodes.notFound,
      `You have no project named "${nameOrId}".`,
      'See yours with: cloud project list',
    );
  }

  async get<T>(path: string, scope?: Scope, options?: CallOptions): Promise<T> {
    return (await this.api(scope)).get<T>(path, options);
  }

  async post<T>(path: string, body: unknown = {}, scope?: Scope): Promise<T> {
    return (await this.api(scope)).post<T>(path, { body });
  }

  /** Prints one thing to standard output; json and yaml are the API's own answer. */
  printOne<T>(view: View<T>, item: T, answer: unknown = item): void {
    this.io.stdout.write(renderOne(view, item, answer, this.style));
  }

  printList<T>(view: View<T>, items: readonly T[], answer: unknown): void {
    if (items.length === 0 && this.style.format === 'table') {
      this.note('Nothing to show.');
      return;
    }
    this.io.stdout.write(renderList(view, items, answer, this.style));
  }

  /** A remark for a person; not part of the output, and not made when only ids are wanted. */
  note(text: string): void {
    if (!this.style.quiet) this.io.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }
}
