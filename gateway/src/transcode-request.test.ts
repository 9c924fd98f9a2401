import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { methods } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import fc from 'fast-check';
import { compileRoutes } from './routes';
import { encodeRequest } from './transcode-request';
import type { HttpInput } from './transcode-request';

const routes = compileRoutes(methods);
const routeOf = (rpc: string) => routes.find((r) => r.method.rpc === rpc)!;

function sent(rpc: string, http: Partial<HttpInput>): JsonValue {
  const route = routeOf(rpc);
  const bytes = encodeRequest(route, { params: {}, query: '', ...http });
  return toJson(route.input, fromBinary(route.input, bytes), { useProtoFieldName: true });
}

function violations(rpc: string, http: Partial<HttpInput>): Record<string, string> {
  try {
    sent(rpc, http);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    expect(error.reason).toBe('INVALID_FIELDS');
    return Object.fromEntries(error.violations.map((v) => [v.field, v.description]));
  }
  throw new Error('it was accepted');
}

describe('what is accepted', () => {
  it('is a body in snake_case or camelCase', () => {
    const want = {
      name: 'web',
      spec: { type: 'nano-1', restart_policy: 'never', ports: [{ container_port: 80 }] },
    };
    expect(sent('CreateInstance', { body: want })).toEqual(want);
    const camel = {
      name: 'web',
      spec: { type: 'nano-1', restartPolicy: 'never', ports: [{ containerPort: 80 }] },
    };
    expect(sent('CreateInstance', { body: camel })).toEqual(want);
  });

  it('is no body where a body could be', () => {
    expect(sent('StartInstance', { params: { id: 'ins_1' } })).toEqual({ id: 'ins_1' });
    expect(sent('CreateInstance', {})).toEqual({});
  });

  it('is null for absent, and the id of the path again in the body', () => {
    const body = { id: 'ins_1', grace_seconds: null };
    expect(sent('StopInstance', { params: { id: 'ins_1' }, body })).toEqual({ id: 'ins_1' });
  });

  it.each([
    ['ListInstances', 'page_size=5&state=running', { page_size: 5, state: 'running' }],
    ['ListInstances', 'label=a%3Db&label=c=d', { label: ['a=b', 'c=d'] }],
    ['ListInstances', 'name=a+b%20c&pageToken=x', { name: 'a b c', page_token: 'x' }],
    ['ListInstances', '&&', {}],
    [
      'UploadImage',
      'name=web&labels.app.kubernetes.io/name=x&labels[team]=y',
      { name: 'web', labels: { 'app.kubernetes.io/name': 'x', team: 'y' } },
    ],
    ['UploadImage', 'command=/bin/httpd&command=-f', { command: ['/bin/httpd', '-f'] }],
  ])('%s ?%s', (rpc, query, want) => {
    expect(sent(rpc, { query })).toEqual(want);
  });

  it.each(['"3"', '3', 'W/"3"', ' "3" '])('If-Match: %s as version', (ifMatch) => {
    const body = { labels: {} };
    expect(sent('UpdateInstance', { params: { id: 'ins_1' }, body, ifMatch })).toMatchObject({ version: 3 });
  });
});

describe('update_mask', () => {
  it.each<[JsonValue, string[] | undefined]>([
    [{ labels: { a: 'b' } }, ['labels']],
    [
      { name: 'x', spec: { env: { A: '1' }, restartPolicy: 'never' } },
      ['name', 'spec.env', 'spec.restart_policy'],
    ],
    [{ labels: { a: 'b' }, version: 3 }, ['labels']],
    [{ labels: { a: 'b' }, update_mask: ['name'] }, ['name']],
    [{ labels: { a: 'b' }, updateMask: ['name'] }, ['name']],
    [{ id: 'ins_1' }, undefined],
  ])('of %j is %j', (body, mask) => {
    const request = sent('UpdateInstance', { params: { id: 'ins_1' }, body }) as { update_mask?: string[] };
    expect(request.update_mask).toEqual(mask);
  });
});

describe('what is refused', () => {
  it.each<[string, JsonValue, Record<string, string>]>([
    ['a wrong type', { name: 5 }, { name: 'must be a string, not 5' }],
    ['a list for an object', { spec: [] }, { spec: 'must be a JSON object, not a list' }],
    ['no object at all', [1], { body: 'must be a JSON object, not a list' }],
    ['null', null, { body: 'must be a JSON object, not null' }],
    ['a scalar for a list', { spec: { command: 'sh' } }, { 'spec.command': 'must be a list, not a string' }],
    ['a bad list item', { spec: { command: ['sh', 1] } }, { 'spec.command[1]': 'must be a string, not 1' }],
    ['a null list item', { spec: { command: [null] } }, { 'spec.command[0]': 'must be a string, not null' }],
    ['a list for a map', { labels: [] }, { labels: 'must be an object, not a list' }],
    ['a bad map value', { labels: { a: 1 } }, { 'labels["a"]': 'must be a string, not 1' }],
    ['a slip', { spec: { imgae: 'x' } }, { 'spec.imgae': 'is not a field here; did you mean image?' }],
    ['an unknown field', { zzz: 1 }, { zzz: 'is not a field here; known are name, labels, spec' }],
    [
      'a field twice',
      { spec: { on_host_loss: 'keep', onHostLoss: 'keep' } },
      { 'spec.on_host_loss': 'is given twice' },
    ],
    [
      'everything wrong at once',
      { nmae: 'x', spec: { type: true, ports: [{ container_port: -1 }, { port: 1 }] } },
      {
        nmae: 'is not a field here; did you mean name?',
        'spec.type': 'must be a string, not true',
        'spec.ports[0].container_port': 'must be a whole number, 0 or more, in range, not -1',
        'spec.ports[1].port': 'is not a field here; known are container_port, host_port, protocol',
      },
    ],
  ])('%s', (_, body, want) => {
    expect(violations('CreateInstance', { body })).toEqual(want);
  });

  it('is a time that is none', () => {
    const body = { name: 'k', expires_at: 'tomorrow' };
    expect(violations('CreateApiKey', { body })).toEqual({
      expires_at: 'must be a time such as "2026-01-31T12:00:00Z", not "tomorrow"',
    });
  });

  it.each([
    ['ListInstances', 'pagesize=5', { pagesize: 'is not a parameter here; did you mean page_size?' }],
    ['ListInstances', 'name=a&name=b', { name: 'is given twice' }],
    [
      'ListInstances',
      'page_size=many',
      { page_size: 'must be a whole number, 0 or more, in range, not "many"' },
    ],
    ['ListInstances', 'name.first=a', { 'name.first': 'has no parts: write name=value' }],
    ['UploadImage', 'labels=a', { labels: 'is a map: write labels[key]=value' }],
    ['CreateInstance', 'name=a', { name: 'is not a parameter here; there are none' }],
    ['UploadImage', 'chunk=aGk=', { chunk: 'is not a parameter here; known are name, labels, command' }],
  ])('%s ?%s', (rpc, query, want) => {
    expect(violations(rpc, { query })).toEqual(want);
  });

  it('is another id in the body than in the path, or another version than If-Match', () => {
    const http = { params: { id: 'ins_1' }, body: { id: 'ins_2', version: 2 }, ifMatch: '"3"' };
    expect(Object.keys(violations('UpdateInstance', http))).toEqual(['id', 'If-Match']);
  });

  it.each(['"x"', '"1", "2"', ''])('If-Match: %s', (ifMatch) => {
    expect(violations('UpdateInstance', { params: { id: 'i' }, ifMatch })).toHaveProperty('If-Match');
  });

  it('is If-Match where nothing has a version', () => {
    expect(violations('ListInstances', { ifMatch: '"1"' })).toHaveProperty('If-Match');
  });

  it('is never anything but INVALID_FIELDS, whatever JSON comes', () => {
    const route = routeOf('CreateInstance');
    const keys = fc.constantFrom('name', 'labels', 'spec', 'ports', 'container_port', 'env', 'x');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (body) => {
        try {
          encodeRequest(route, { params: {}, query: '', body: body as JsonValue });
        } catch (error) {
          expect(error).toMatchObject({ reason: 'INVALID_FIELDS' });
          expect((error as CloudError).violations.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
