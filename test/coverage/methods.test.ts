import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldRules, methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';

const named = methods.map((m): [string, MethodEntry] => [m.path, m]);
const routed = named.filter(([, m]) => m.http);

describe('every rpc', () => {
  it.each(named)('%s says who may call it, in exactly one way', (_path, { auth }) => {
    expect([auth.permission !== '', auth.public, auth.peers.length > 0].filter(Boolean)).toHaveLength(1);
  });

  it.each(named.filter(([, m]) => m.auth.permission))(
    '%s names its permission noun:verb',
    (_path, { auth }) => {
      expect(auth.permission).toMatch(/^[a-z]+(-[a-z]+)*:[a-z]+$/);
    },
  );
});

describe('every route', () => {
  it('is one of a kind', () => {
    const routes = routed.map(([, m]) => `${m.http?.verb} ${m.http?.path.replace(/\{[^}]+\}/g, '{}')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it.each(routed)('%s stands under /v1 and is for callers, not for processes', (_path, { http, auth }) => {
    expect(http?.path).toMatch(/^\/v1\/[a-z-]+/);
    expect(auth.peers).toEqual([]);
  });

  /** What a viewer may not see, or do: a stream opens with GET, whatever goes through it. */
  const MORE_THAN_READING: Readonly<Record<string, string>> = {
    ReadInstanceLogs: 'instance:logs',
    ExecInstance: 'instance:exec',
    GetInstanceFile: 'instance:exec',
    ReadInstanceFiles: 'instance:exec',
  };
  it.each(routed.filter(([, m]) => m.http?.verb === 'GET'))(
    '%s, which reads, asks for a permission to read',
    (_path, { rpc, auth }) => {
      const more = MORE_THAN_READING[rpc];
      if (more) expect(auth.permission).toBe(more);
      else expect(auth.permission).toMatch(/:(read|list)$/);
    },
  );

  it.each(routed.filter(([, m]) => m.http?.verb !== 'GET'))(
    '%s, which writes, asks for more than reading',
    (_path, { auth }) => {
      expect(auth.permission).not.toMatch(/:(read|list)$/);
    },
  );
});

describe('every string a caller sends', () => {
  const inputs = routed.map(([, m]) => m.input);
  it.each(inputs)('%s bounds its lists and maps', (input) => {
    for (const rule of Object.values(fieldRules[input] ?? {})) {
      if (rule.kind === 'list' || rule.kind === 'map') expect(rule).toHaveProperty('maxItems');
    }
  });
});

it('docs/api.md names every method that heeds no idempotency key', () => {
  const page = readFileSync(join(__dirname, '../../docs/api.md'), 'utf8');
  const [, said = ''] = /keep no answer and heed no key: ([^.]*)\./.exec(page) ?? [];
  // An upload has a key, but is never sent again by anything on the way.
  const none = routed
    .filter(([, m]) => m.repeat === 'never' && m.rpc !== 'UploadImage')
    .map(([, m]) => m.rpc);
  expect(said.match(/[A-Z]\w+/g)?.sort()).toEqual(none.sort());
});
