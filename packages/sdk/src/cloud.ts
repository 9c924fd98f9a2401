import { GeneratedCloud } from './gen/cloud';
import type { CallOptions, CloudOptions, Verb } from './options';
import { Transport } from './transport';
import type { Query } from './url';
import { Instances, Operations } from './wait';

/**
 * The Cloud, as one caller sees it: a property a kind of resource (`cloud.instances`), a method a thing that can be
 * done. Ids and other parts of the path come first, then the request, then options of the call.
 */
export class Cloud extends GeneratedCloud {
  override readonly instances: Instances;
  override readonly operations: Operations;

  constructor(private readonly options: CloudOptions) {
    const transport = new Transport(options);
    super(transport);
    this.instances = new Instances(transport);
    this.operations = new Operations(transport);
  }

  /** Signs a person in: a new session, good until it expires or `sessions.deleteCurrent()` ends it. */
  static async signIn(options: CloudOptions & { email: string; password: string }): Promise<Cloud> {
    const { email, password, ...rest } = options;
    const session = await new Cloud(rest).sessions.create({ email, password });
    return new Cloud({ ...rest, sessionToken: session.token });
  }

  /** The same with some options changed: `cloud.with({ project })`. */
  with(changes: Partial<CloudOptions>): Cloud {
    return new Cloud({ ...this.options, ...changes });
  }

  /** Any route, also one that this version does not know. Answers with the parsed JSON. */
  request<T = unknown>(
    verb: Verb,
    path: string,
    options: CallOptions & { query?: Query; body?: unknown } = {},
  ): Promise<T> {
    const { query, body, ...call } = options;
    return this.transport.call<T>({ verb, path, scope: 'project', query, body }, call);
  }
}
