import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { addHealth } from './health';

describe('health of what a service stands on', () => {
  let server: Server;
  let client: Client;
  let up = true;
  beforeAll(async () => {
    server = new Server();
    addHealth(server, new HealthImplementation({ '': 'SERVING' }), {
      'engine.postgres': () => Promise.resolve(up),
      'engine.nats': () => Promise.reject(new Error('away')),
      'engine.etcd': () => new Promise(() => undefined), // silent
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    server.forceShutdown();
  });

  /** Field 1 of the answer: 1 is SERVING, 2 NOT_SERVING. */
  const check = (name: string) =>
    new Promise<number>((resolve, reject) => {
      const asIs = (bytes: Buffer) => bytes;
      const request = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
      client.makeUnaryRequest('/grpc.health.v1.Health/Check', asIs, asIs, request, (error, answer) =>
        error ? reject(error) : resolve(answer![1]!),
      );
    });

  it('is asked for when somebody asks, and what is silent is away', async () => {
    expect(await check('engine.postgres')).toBe(1);
    up = false;
    expect(await check('engine.postgres')).toBe(2);
    expect(await check('engine.nats')).toBe(2);
    expect(await check('engine.etcd')).toBe(2);
    for (const name of ['engine.nothing', 'constructor'])
      await expect(check(name)).rejects.toMatchObject({ code: 5 });
    expect(await check('')).toBe(1);
  });
});
