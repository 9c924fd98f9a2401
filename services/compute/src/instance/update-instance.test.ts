import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow } from './instance.repo';
import { update } from './update-instance';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());

it('says so when the host of an instance has no port left to choose', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const [id = ''] = await fixture.addInstances(1, { hostId });
  await fixture.onlyFree(hostId);
  const publish = (hostPort: number) =>
    fixture.db.write('system', async (tx) => {
      const row = (await instanceRepo.lock(tx, id)) as InstanceRow;
      const ports = [{ containerPort: 80, hostPort, protocol: 'tcp' as const }];
      return update({} as InstanceDeps, tx, { mask: ['spec.ports'], values: { ...row, ports } })(row);
    });
  await expect(publish(0)).rejects.toMatchObject({ reason: 'HOST_PORTS_USED_UP' });
  await expect(publish(20_000)).rejects.toMatchObject({ reason: 'HOST_PORT_TAKEN' });
  expect(await publish(8080)).toMatchObject({ kind: 'instance.update' });
});
