import { methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { Router } from './router';
import { compileRoutes } from './routes';

const routes = compileRoutes(methods);
const router = new Router(routes);

describe('compileRoutes', () => {
  it('leaves out what only other processes may call and what has no route', () => {
    const routed = new Set(routes.map((r) => r.method));
    for (const m of methods) expect(routed.has(m)).toBe(m.http !== undefined && m.auth.peers.length === 0);
  });

  it('knows the owner of each method', () => {
    expect(new Set(routes.map((r) => r.backend))).toEqual(new Set(['common', 'compute', 'identity']));
  });

  it('refuses a route whose parameter is no field', () => {
    const get = methods.find((m) => m.rpc === 'GetInstance')!;
    const broken: MethodEntry = { ...get, http: { ...get.http!, path: '/v1/instances/{nope}' } };
    expect(() => compileRoutes([broken])).toThrow('{nope} is no scalar field');
  });
});

describe('Router', () => {
  it.each(routes.map((r) => [r.verb, r.template, r.method.rpc]))('%s %s is %s', (verb, template, rpc) => {
    const match = router.match(verb, template.replace(/\{[^}]+\}/g, 'x_1'));
    expect(match).toMatchObject({ kind: 'route', route: { method: { rpc } } });
  });

  it.each([
    ['GET', '/v1/users/me', 'GetCurrentUser', {}],
    ['DELETE', '/v1/sessions/current', 'DeleteCurrentSession', {}],
    ['POST', '/v1/images:upload', 'UploadImage', {}],
    ['GET', '/v1/operations/op_1:wait', 'WaitOperation', { id: 'op_1' }],
    ['HEAD', '/v1/instances/ins_1', 'GetInstance', { id: 'ins_1' }],
    ['GET', '/v1/instances/a%2Fb%3Ac%20%C3%A9', 'GetInstance', { id: 'a/b:c é' }],
  ])('%s %s is %s', (verb, path, rpc, params) => {
    expect(router.match(verb, path)).toMatchObject({ kind: 'route', route: { method: { rpc } }, params });
  });

  it.each([
    '/',
    '/v1',
    '/v2/instances',
    '/v1/instances/',
    '/v1/instances//',
    '//v1/instances',
    '/v1/instances/x:explode',
    '/v1/instances/x/y',
    '/v1/Instances',
    '/v1/instances/__proto__/constructor',
  ])('%s is unknown', (path) => {
    expect(router.match('GET', path).kind).toBe('unknown');
  });

  it.each([
    ['PUT', '/v1/instances', ['GET', 'POST']],
    ['POST', '/v1/instances/x', ['DELETE', 'GET', 'PATCH']],
    ['GET', '/v1/instances/x:start', ['POST']],
    ['GET', '/v1/sessions/current', ['DELETE']],
  ])('%s %s is answered with what is allowed', (verb, path, allow) => {
    expect(router.match(verb, path)).toEqual({ kind: 'wrong-method', allow });
  });

  it('lets a literal segment beat a parameter', () => {
    const get = methods.find((m) => m.rpc === 'GetInstance')!;
    const special = methods.find((m) => m.path === '/thecloud.compute.v1.InstanceService/ListInstances')!;
    const two = compileRoutes([
      get,
      { ...special, http: { verb: 'GET', path: '/v1/instances/mine', body: '' } },
    ]);
    expect(new Router(two).match('GET', '/v1/instances/mine')).toMatchObject({
      route: { method: { rpc: 'ListInstances' } },
    });
    expect(new Router(two).match('GET', '/v1/instances/other')).toMatchObject({
      route: { method: { rpc: 'GetInstance' } },
    });
  });

  it('refuses two methods on one route', () => {
    expect(() => new Router([...routes, routes[0]!])).toThrow('two methods claim');
  });

  it.each(['/v1/instances/%', '/v1/instances/%ff', '/v1/instances/a%00b'])(
    '%s is a malformed URL',
    (path) => {
      expect(() => router.match('GET', path)).toThrow(expect.objectContaining({ reason: 'MALFORMED_URL' }));
    },
  );
});
