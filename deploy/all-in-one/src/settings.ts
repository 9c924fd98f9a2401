import { type Layout, readIfThere, writePrivate } from './layout';

type Settings = Record<string, string>;

/**
 * What `make up` was told before holds until it is told otherwise. Puts what was kept into `env`, keeps what `env` says
 * now, and answers with all of it; an empty value means the default again.
 */
export function keepSettings(layout: Layout, env: NodeJS.ProcessEnv, names: readonly string[]): Settings {
  const before = JSON.parse(readIfThere(layout.settings) ?? '{}') as Settings;
  const settings: Settings = {};
  for (const name of names) {
    const value = env[name] ?? before[name];
    if (value) settings[name] = env[name] = value;
  }
  writePrivate(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}
