import { instanceDriverContract } from '../../ports/instance-driver.contract';
import { instanceLifeContract } from '../../ports/instance-life.contract';
import { NoopInstanceDriver } from './noop';

describe('noop', () => {
  instanceDriverContract(async () => {
    const driver = new NoopInstanceDriver();
    let port = 20_000;
    return {
      driver,
      forever: {},
      exits: (code) => ({ env: { NOOP_EXIT_CODE: String(code) } }),
      stranger: { kill: async (id) => driver.die(id, 137), remove: async (id) => driver.vanish(id) },
      freePort: async () => port++,
    };
  });

  instanceLifeContract(async () => {
    const driver = new NoopInstanceDriver();
    return {
      driver,
      quiet: {},
      talks: { env: { NOOP_LINE_EVERY_MS: '20' } },
      programs: {
        echo: ['echo'],
        cat: ['cat'],
        printenv: ['printenv'],
        exit: ['exit'],
        size: ['size'],
        yes: ['yes'],
      },
      held: async (id) => driver.users(id),
    };
  });

  it('answers nothing while its engine is out', async () => {
    const driver = new NoopInstanceDriver();
    driver.outage('no engine');
    expect(await driver.probe()).toEqual({ ok: false, why: 'no engine' });
    await expect(driver.list()).rejects.toMatchObject({ reason: 'DRIVER_UNAVAILABLE', transient: true });
  });
});
