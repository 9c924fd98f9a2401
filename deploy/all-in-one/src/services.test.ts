import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environments, settingNames } from './environments';
import { Layout, root } from './layout';
import { choosePorts } from './ports';
import { opsPort, serviceManifests } from './services';

const each = serviceManifests.map((manifest) => [manifest.name, manifest] as const);

test('every folder of services is one, and identity is the first', () => {
  const folders = readdirSync(join(root, 'services')).filter((name) =>
    existsSync(join(root, 'services', name, 'package.json')),
  );
  expect(serviceManifests.map(({ name }) => name).sort()).toEqual(folders.sort());
  expect(serviceManifests[0]?.name).toBe('identity');
});

test.each(each)(
  '%s has a port of its own name and one for operations, and its migrations',
  (name, manifest) => {
    expect(Object.keys(manifest.ports)).toEqual(expect.arrayContaining([name, opsPort(name)]));
    expect(readdirSync(manifest.migrationsFolder)).toContain('meta');
  },
);

test.each(each)(
  'make up tells %s where everything is, and leaves it every other setting to choose',
  (name, manifest) => {
    const told = environments(new Layout('/home'), { ports: choosePorts({}) }, 'unix:///docker')[name] ?? {};
    const unsaid = manifest.settings.filter((setting) => !(setting in told || `${setting}_FILE` in told));
    expect(settingNames).toEqual(expect.arrayContaining(unsaid));
    const known = (setting: string) =>
      [setting, setting.replace(/_FILE$/, '')].some((one) => manifest.settings.includes(one));
    expect(Object.keys(told).filter((setting) => !known(setting) && !setting.startsWith('OTEL_'))).toEqual(
      [],
    );
  },
);
