import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
beforeAll(async () => {
  cloud = await sharedCloud();
});

const CONNECT_MS = 5_000;
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Every gRPC port, as the processes themselves announced them, and etcd. */
async function endpoints(): Promise<Array<[string, number]>> {
  const { body } = await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`);
  const agent = (body.status as { inventory?: { agent_endpoint?: string } }).inventory?.agent_endpoint ?? '';
  const port = (address: string) => Number(address.split(':').at(-1));
  return [
    ['compute', cloud.compute.port],
    ['identity', cloud.identityPort],
    ['agent', port(agent)],
    ['etcd', port(cloud.engines.etcdEndpoints)],
  ];
}

/** What a server says to plain text; empty when it hangs up. */
function speakPlainly(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(HTTP2_PREFACE));
    let said = '';
    socket.setTimeout(CONNECT_MS, () => socket.destroy());
    socket.on('data', (data) => (said += data.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(said));
  });
}

/** True if a TLS client without a certificate is kept. TLS 1.3 refuses it only after the handshake. */
function acceptsStranger(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const ca = readFileSync(cloud.engines.caFile);
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ca,
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    socket.on('secureConnect', () => socket.write(HTTP2_PREFACE));
    socket.on('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.setTimeout(CONNECT_MS, () => socket.destroy());
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}

it('no process understands plain text', async () => {
  for (const [name, port] of await endpoints()) {
    // An HTTP/2 server would answer the preface with a SETTINGS frame (type 4); TLS answers with an alert, or nothing.
    const said = await speakPlainly(port);
    expect({ name, settings: said.length > 3 && said.charCodeAt(3) === 4 }).toEqual({
      name,
      settings: false,
    });
  }
});

it('no process listens to a stranger without a certificate of ours', async () => {
  for (const [name, port] of await endpoints())
    expect({ name, accepts: await acceptsStranger(port) }).toEqual({ name, accepts: false });
});

it('the databases refuse connections without TLS', async () => {
  const url = new URL(cloud.database.url);
  url.password = cloud.database.password;
  const client = new Client({ connectionString: url.href, ssl: false });
  await expect(client.connect()).rejects.toThrow(/pg_hba|SSL|encryption/);
});
