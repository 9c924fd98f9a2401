import { computeV1 } from '@thecloud/api';
import { encodedPage, KeptRows, PAGE_BYTES, tokenAfter } from '@thecloud/service-kit';
import type { Database, Encoded, Page } from '@thecloud/service-kit';
import { errors } from '../errors';
import { withoutHidden } from '../instance/hidden-fields';
import { instanceRepo } from '../instance/instance.repo';
import type { InstanceFilter } from '../instance/instance.repo';
import { hostRepo } from './host.repo';

/** By state, name, label, project and type. */
export type HostInstanceFilter = Omit<InstanceFilter, 'hostId' | 'imageIds'> & {
  readonly projectId?: string;
};

/**
 * What a host carries, of whatever project, for the installation's administrators. The only list that shows tenants'
 * instances to others, and so one of the few readers in the system's scope; it leaves out what tenants may keep secret.
 */
export class HostInstances {
  readonly #kept = new KeptRows();

  constructor(private readonly db: Database) {}

  /** NOT_FOUND HOST_NOT_FOUND. */
  async list(
    hostId: string,
    filter: HostInstanceFilter,
    page: Page,
  ): Promise<Encoded<computeV1.ListHostInstancesResponse>> {
    const [host, versions] = await this.db.read('system', (tx) =>
      Promise.all([hostRepo.find(tx, hostId), instanceRepo.versionsOn(tx, { ...filter, hostId }, page)]),
    );
    if (!host) throw errors.HOST_NOT_FOUND({ id: hostId });
    const { items, shown } = await this.#kept.show(
      versions.slice(0, page.size),
      (ids) => this.db.read('system', (tx) => instanceRepo.findAll(tx, ids)),
      (row) => computeV1.Instance.encode(withoutHidden(row)).finish(),
      PAGE_BYTES,
    );
    return encodedPage(items, shown < versions.length ? tokenAfter(versions[shown - 1]?.id) : '');
  }
}
