import { computeV1 } from '@thecloud/api';
import {
  Encoded,
  encodedPage,
  KeptRows,
  PAGE_BYTES,
  projectOf,
  scopeOf,
  tokenAfter,
} from '@thecloud/service-kit';
import type { Database, Page, RequestContext, RowVersion } from '@thecloud/service-kit';
import { errors } from '../errors';
import { seesAll, withoutHidden } from './hidden-fields';
import { toProto } from './instance.mapping';
import { instanceRepo } from './instance.repo';
import type { InstanceFilter } from './instance.repo';

type List = computeV1.ListInstancesResponse;

/**
 * Instances as callers read them. What is told of one besides its own row (its ports on the host, and that host's
 * address) changes only together with the row: so its version says whether all of it is as it was.
 */
export class ShownInstances {
  readonly #whole = new KeptRows();
  /** The same for callers who may not see all of it. */
  readonly #limited = new KeptRows();

  constructor(private readonly db: Database) {}

  /** NOT_FOUND INSTANCE_NOT_FOUND. */
  async find(ctx: RequestContext, id: string): Promise<Encoded<computeV1.Instance>> {
    const version = await this.db.read(scopeOf(ctx), (tx) => instanceRepo.version(tx, id));
    const { items } = await this.#show(ctx, version ? [version] : []);
    const [bytes] = items;
    if (!bytes) throw errors.INSTANCE_NOT_FOUND({ id });
    return new Encoded(bytes);
  }

  /** A page that ends early where its instances are large (see PAGE_BYTES). */
  async list(ctx: RequestContext, filter: InstanceFilter, page: Page): Promise<Encoded<List>> {
    const project = projectOf(ctx);
    const versions = await this.db.read(scopeOf(ctx), (tx) =>
      isNarrow(filter)
        ? instanceRepo.versionsOf(tx, project, filter, page)
        : instanceRepo.pageOfVersions(tx, project, page),
    );
    const { items, shown } = await this.#show(ctx, versions.slice(0, page.size));
    return encodedPage(items, shown < versions.length ? tokenAfter(versions[shown - 1]?.id) : '');
  }

  #show(ctx: RequestContext, versions: readonly RowVersion[]) {
    const [kept, show] = seesAll(ctx) ? [this.#whole, toProto] : [this.#limited, withoutHidden];
    return kept.show(
      versions,
      (ids) => this.db.read(scopeOf(ctx), (tx) => instanceRepo.findAll(tx, ids)),
      (row) => computeV1.Instance.encode(show(row)).finish(),
      PAGE_BYTES,
    );
  }
}

const isNarrow = ({ label = [], ...filter }: InstanceFilter) =>
  label.length > 0 || Object.values(filter).some(Boolean);
