import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingNames } from './environments';
import { Layout } from './layout';
import { keepSettings, settingsFor } from './settings';

const layout = new Layout(mkdtempSync(join(tmpdir(), 'settings-')));
afterAll(() => rmSync(layout.home, { recursive: true }));
const up = (env: NodeJS.ProcessEnv) => {
  const kept = settingsFor(layout, env, settingNames);
  keepSettings(layout, kept);
  return { kept, env };
};

test('a setting of one make up holds in the next, until it is changed or emptied; only root reads it', () => {
  const closed = { THECLOUD_REGISTRATION: 'closed' };
  expect(up({ ...closed, THECLOUD_HOME: '/elsewhere' }).kept).toEqual(closed);
  const plain = up({ THECLOUD_GATEWAY_RATE_KEY: '7' });
  expect(plain.env).toEqual({ ...closed, THECLOUD_GATEWAY_RATE_KEY: '7' });
  expect(plain.kept).toEqual(plain.env);
  expect(statSync(layout.settings).mode & 0o077).toBe(0);
  expect(up({ THECLOUD_REGISTRATION: 'open' }).kept).toMatchObject({ THECLOUD_REGISTRATION: 'open' });
  expect(up({ THECLOUD_REGISTRATION: '' }).kept).toEqual({ THECLOUD_GATEWAY_RATE_KEY: '7' });
  expect(up({}).env).toEqual({ THECLOUD_GATEWAY_RATE_KEY: '7' });
});

test('a setting with which nothing started is not kept', () => {
  settingsFor(layout, { THECLOUD_REGISTRATION: 'ajar' }, settingNames);
  expect(up({}).kept).not.toHaveProperty('THECLOUD_REGISTRATION');
});
