import { type Layout, readIfThere, writePrivate } from './layout';

type Settings = Record<string, string>;

/**
 * What `make up` was told before holds until it is told otherwise. Puts what was kept into `env`, and answers with all
 * that holds now; an empty value means the default again.
 */
export function settingsFor(layout: Layout, env: NodeJS.ProcessEnv, names: readonly string[]): Settings {
  const before = JSON.parse(readIfThere(layout.settings) ?? '{}') as Settings;
  const settings: Settings = {};
  for (const name of names) {
    const value = env[name] ?? before[name];
    if (value) settings[name] = env[name] = value;
  }
  return settings;
}

/** For the next `make up`: once the services have started with them, so that a mistake in one does not stay. */
export function keepSettings(layout: Layout, settings: Settings): void {
  writePrivate(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
}
