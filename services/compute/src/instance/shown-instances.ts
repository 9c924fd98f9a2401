import { computeV1 } from '@thecloud/api';
import { cutPage, Encoded, encodedPage, KeptRows, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Database, Page, RequestContext, RowVersion } from '@thecloud/service-kit';
import { errors } from '../errors';
import { toProto } from './instance.mapping';
import { instanceRepo } from './instance.repo';
import type { InstanceFilter } from './instance.repo';

type List = computeV1.ListInstancesResponse;

/**
 * Instances as callers read them. What is told of one besides its own row (its ports on the host, and that host's
 * address) changes only together with the row: so its version says whether all of it is as it was.
 */
export class ShownInstances {
  readonly #kept = new KeptRows();

  constructor(private readonly db: Database) {}

  /** NOT_FOUND INSTANCE_NOT_FOUND. */
  async find(ctx: RequestContext, id: string): Promise<Encoded<computeV1.Instance>> {
    const version = await this.db.read(scopeOf(ctx), (tx) => instanceRepo.version(tx, id));
    const [bytes] = await this.#show(ctx, version ? [version] : []);
    if (!bytes) throw errors.INSTANCE_NOT_FOUND({ id });
    return new Encoded(bytes);
  }

  async list(ctx: RequestContext, filter: InstanceFilter, page: Page): Promise<List | Encoded<List>> {
    const project = projectOf(ctx);
    if (isNarrow(filter)) {
      const rows = await this.db.read(scopeOf(ctx), (tx) => instanceRepo.list(tx, project, filter, page));
      const cut = cutPage(rows, page);
      return { instances: cut.rows.map(toProto), nextPageToken: cut.nextPageToken };
    }
    const found = await this.db.read(scopeOf(ctx), (tx) => instanceRepo.pageOfVersions(tx, project, page));
    const { rows, nextPageToken } = cutPage(found, page);
    return encodedPage(await this.#show(ctx, rows), nextPageToken);
  }

  #show(ctx: RequestContext, versions: readonly RowVersion[]): Promise<Buffer[]> {
    return this.#kept.show(
      versions,
      (ids) => this.db.read(scopeOf(ctx), (tx) => instanceRepo.findAll(tx, ids)),
      (row) => computeV1.Instance.encode(toProto(row)).finish(),
    );
  }
}

const isNarrow = ({ state, name, hostId, labels }: InstanceFilter) =>
  Boolean(state || name || hostId) || Object.keys(labels).length > 0;
