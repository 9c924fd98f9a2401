import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

describe('cloud api', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (routes: Record<string, Reply | Reply[]>) => {
    gateway = await recordedGateway(routes);
    home = await machine({ server: gateway.url, session_token: 'cloudsess_x', project_id: 'prj_1' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });

  it('asks in the query, as whoever is signed in, and prints the answer', async () => {
    await given({ 'GET /v1/instances': { body: { instances: [] } } });
    const argv = ['api', 'get', 'v1/instances', '-f', 'label=a=1', '-f', 'label=b=2', '-f', 'page_size:=5'];
    const { code, out } = await home.cloud(argv);
    expect({ code, body: JSON.parse(out) as unknown }).toEqual({ code: 0, body: { instances: [] } });
    expect([...gateway.seen[0]!.query]).toEqual([
      ['label', 'a=1'],
      ['label', 'b=2'],
      ['page_size', '5'],
    ]);
    expect(gateway.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer cloudsess_x',
      'x-project-id': 'prj_1',
    });
    expect((await home.cloud([...argv, '-o', 'yaml'])).out).toBe('instances: []\n');
  });

  it('makes a body of fields, or takes one from a file or standard input', async () => {
    await given({ 'POST /v1/instances': { status: 202, body: { metadata: { id: 'ins_1' } } } });
    const post = ['api', 'POST', '/v1/instances'];
    await home.cloud([
      ...post,
      '-f',
      'name=web',
      '-f',
      'spec.image=a=b',
      '-f',
      'spec.ports:=[{"container_port":80}]',
    ]);
    const file = join(home.dir, 'body.json');
    await writeFile(file, '{"name":"filed"}');
    await home.cloud([...post, '--input', file, '-H', 'If-Match="3"']);
    await home.cloud([...post, '--input', '-'], { stdin: '{"name":"piped"}' });
    expect(gateway.seen.map(({ body }) => body)).toEqual([
      { name: 'web', spec: { image: 'a=b', ports: [{ container_port: 80 }] } },
      { name: 'filed' },
      { name: 'piped' },
    ]);
    expect(gateway.seen[1]?.headers['if-match']).toBe('"3"');
    expect(gateway.seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('ends with the exit code of the refusal, and with 2 for what cannot be sent', async () => {
    const refusal = problem(404, 'NOT_FOUND', 'INSTANCE_NOT_FOUND', 'There is none.');
    await given({ 'GET /v1/instances/x': { status: 404, body: refusal } });
    expect(await home.cloud(['api', 'GET', '/v1/instances/x'])).toMatchObject({ code: 4, out: '' });
    const wrong = [
      ['api', 'FETCH', '/'],
      ['api', 'GET', '/', '-f', 'nothing'],
      ['api', 'GET', '/', '-f', 'a:={'],
      ['api', 'GET', '/', '--input', '-'],
      ['api', 'POST', '/', '--input', '/nowhere'],
      ['api', 'POST', '/', '--input', '-', '-f', 'a=b'],
    ];
    for (const argv of wrong) expect((await home.cloud(argv)).code).toBe(2);
    expect(gateway.seen).toHaveLength(1);
  });

  it('lets anybody ask for what is public', async () => {
    await given({ 'GET /health/ready': { body: { status: 'ready' } } });
    const env = { THECLOUD_URL: gateway.url, THECLOUD_CONFIG: join(home.dir, 'none.yaml') };
    expect(await home.cloud(['api', 'GET', '/health/ready'], { env })).toMatchObject({ code: 0 });
    expect(gateway.seen[0]?.headers.authorization).toBeUndefined();
  });
});
