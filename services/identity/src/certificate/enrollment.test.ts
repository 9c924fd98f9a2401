import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { identityV1 } from '@thecloud/api';
import {
  createClient,
  createLogger,
  keepRenewed,
  newKeyAndRequest,
  obtainCertificate,
} from '@thecloud/service-kit';
import {
  bitFlips,
  eventually,
  readEach,
  startTestIdentity,
  testConfig,
  testEngines,
  testPeer,
  truncations,
} from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { createJoinToken } from './join-token';
import { ensureSecrets } from './secrets';

const log = createLogger({ service: 'test', level: 'silent' });
const options = { timeoutMs: 5_000 };
/** 7.2 s: shortly lived enough to watch a renewal. */
const SHORT_LIFE_HOURS = 0.002;

let engines: TestEngines;
let identity: TestIdentity;
beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines, { THECLOUD_IDENTITY_CERTIFICATE_HOURS: SHORT_LIFE_HOURS });
});
afterAll(async () => {
  await identity.close();
  await engines.close();
});

/** The same signature of the same words. */
const isSameToken = (a: Buffer, b: Buffer) => {
  const meaning = (token: Buffer) => {
    const [header, claims, signature = ''] = token.toString('latin1').split('.');
    return [header, claims, Buffer.from(signature, 'base64url').toString('hex')].join();
  };
  return meaning(a) === meaning(b);
};

const certificates = (port: number, channel = credentials.createSsl(readFileSync(engines.caFile))) =>
  createClient(identityV1.CertificateServiceClient, {
    target: `127.0.0.1:${port}`,
    credentials: channel,
    serverKind: 'identity',
  });

describe('a first certificate', () => {
  it('is given against a join token, named by the token, and opens the main port', async () => {
    const config = await testConfig(engines, identity.database, 'compute', identity.served.enrollPort);
    const files = await obtainCertificate({
      dir: config.THECLOUD_CERTIFICATE_DIR,
      caFile: config.THECLOUD_CA_FILE,
      enrollEndpoint: config.THECLOUD_ENROLL_ENDPOINT,
      joinTokenFile: config.THECLOUD_JOIN_TOKEN_PATH,
      log,
    });
    const { subjectAltName } = new X509Certificate(readFileSync(files.certFile));
    expect(subjectAltName?.split(', ').sort()).toEqual([
      'DNS:compute.thecloud.internal',
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'URI:spiffe://thecloud/compute/compute-test',
    ]);
    const client = certificates(identity.served.port, files.channelCredentials());
    const { joinToken } = await client.createJoinToken({ kind: 'agent', name: 'host_1' }, options);
    client.close();
    expect(joinToken).toMatch(/^ey/);
  });

  it.each(['token', 'request'])('is refused for a %s that is damaged, and given to the next', async (what) => {
    const client = certificates(identity.served.enrollPort);
    const joinToken = await createJoinToken({ secretsDir: engines.secretsDir, kind: 'agent', name: 'host_1', ttlSeconds: 600 });
    const { request } = await newKeyAndRequest();
    const enroll = (bytes: Uint8Array) =>
      client.enrollCertificate(
        what === 'token' ? { joinToken: Buffer.from(bytes).toString('latin1'), csr: request } : { joinToken, csr: Buffer.from(bytes) },
        options,
      );
    const whole = what === 'token' ? Buffer.from(joinToken) : Buffer.from(request);
    const damaged = [...truncations(whole, 20), ...bitFlips(whole, 60, 5)];
    const readings = await readEach(damaged, enroll);
    const refused = ['INVALID_FIELDS', what === 'token' ? 'JOIN_TOKEN_INVALID' : 'CSR_INVALID'];
    for (const [i, { how, error }] of readings.entries()) {
      // The last character of a signature has bits that stand for nothing: such a token is the same one.
      const isSame = what === 'token' && damaged[i] && isSameToken(damaged[i].bytes, whole);
      const reason = (error as { reason?: string } | undefined)?.reason;
      expect({ how, reason, ok: isSame || refused.includes(reason ?? '') }).toEqual({ how, reason, ok: true });
    }
    expect((await enroll(whole)).certificatePem).toMatch(/BEGIN CERTIFICATE/);
    client.close();
  }); // prettier-ignore

  it.each([
    ['an unknown token', async () => 'nonsense'],
    [
      'an expired token',
      () =>
        createJoinToken({ secretsDir: engines.secretsDir, kind: 'agent', name: 'host_1', ttlSeconds: -1 }),
    ],
  ])('is refused for %s', async (_, token) => {
    const client = certificates(identity.served.enrollPort);
    const { request } = await newKeyAndRequest();
    const enrolled = client.enrollCertificate({ joinToken: await token(), csr: request }, options);
    await expect(enrolled).rejects.toMatchObject({ reason: 'JOIN_TOKEN_INVALID' });
    client.close();
  });

  it('needs a request signed by its own key', async () => {
    const client = certificates(identity.served.enrollPort);
    const joinToken = await createJoinToken({
      secretsDir: engines.secretsDir,
      kind: 'agent',
      name: 'host_1',
    });
    const { request } = await newKeyAndRequest();
    request[request.length - 1] = (request.at(-1) ?? 0) ^ 1;
    for (const csr of [request, Buffer.from('nonsense')]) {
      const enrolled = client.enrollCertificate({ joinToken, csr }, options);
      await expect(enrolled).rejects.toMatchObject({ reason: 'CSR_INVALID', code: 'INVALID_ARGUMENT' });
    }
    client.close();
  });
});

describe('the enrolment port', () => {
  it('answers nothing but enrolment', async () => {
    const client = certificates(identity.served.enrollPort);
    const { request } = await newKeyAndRequest();
    await expect(client.renewCertificate({ csr: request }, options)).rejects.toMatchObject({
      reason: 'PEER_NOT_ALLOWED',
    });
    await expect(client.createJoinToken({ kind: 'agent', name: 'host_1' }, options)).rejects.toMatchObject({
      reason: 'PEER_NOT_ALLOWED',
    });
    client.close();
  });

  it('ignores a certificate that is shown all the same', async () => {
    const compute = await testPeer(engines, 'compute');
    const client = certificates(identity.served.enrollPort, compute.channelCredentials());
    await expect(client.createJoinToken({ kind: 'agent', name: 'host_1' }, options)).rejects.toMatchObject({
      reason: 'PEER_NOT_ALLOWED',
    });
    client.close();
  });
});

describe('the main port', () => {
  it('refuses a stranger without a certificate', async () => {
    const client = certificates(identity.served.port);
    const { request } = await newKeyAndRequest();
    await expect(client.renewCertificate({ csr: request }, options)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    client.close();
  });

  it.each(['port', 'enrollPort'] as const)(
    'believes no certificate of another authority on %s',
    async (port) => {
      const secretsDir = join(engines.dir, 'forger');
      await ensureSecrets(secretsDir);
      const forged = await testPeer({ secretsDir, dir: engines.dir }, 'compute');
      const [ca, key, certificate] = [engines.caFile, forged.keyFile, forged.certFile].map((f) =>
        readFileSync(f),
      );
      const client = certificates(identity.served[port], credentials.createSsl(ca, key, certificate));
      await expect(client.createJoinToken({ kind: 'agent', name: 'host_1' }, options)).rejects.toMatchObject({
        reason: port === 'port' ? 'UNAVAILABLE' : 'PEER_NOT_ALLOWED',
      });
      client.close();
    },
  );

  it('refuses kinds that a method is not for', async () => {
    const agent = await testPeer(engines, 'agent', 'host_1');
    const client = certificates(identity.served.port, agent.channelCredentials());
    await expect(client.createJoinToken({ kind: 'agent', name: 'host_2' }, options)).rejects.toMatchObject({
      reason: 'PEER_NOT_ALLOWED',
    });
    client.close();
  });

  it.each(['port', 'enrollPort'] as const)('does not speak plain text on %s', async (port) => {
    const answer = await plainAnswer(identity.served[port]);
    expect(answer.toString('latin1')).not.toContain('HTTP');
    expect(answer.subarray(3, 5)).not.toEqual(Buffer.from([0x04, 0x00])); // an HTTP/2 SETTINGS frame
  });
});

describe('a certificate', () => {
  it('is replaced live before it ends, keeping its name, on open servers and clients', async () => {
    const servedBefore = await serverSerial(identity.served.enrollPort);
    const gateway = await testPeer(engines, 'gateway', 'edge-1', SHORT_LIFE_HOURS);
    const client = certificates(identity.served.port, gateway.channelCredentials());
    const renewed = new Promise<void>((resolve) => gateway.onReplaced(resolve));
    const expiresBefore = gateway.expiresAt().getTime();
    const stop = keepRenewed(gateway, `127.0.0.1:${identity.served.port}`, log);
    await renewed;
    stop();
    expect(gateway.expiresAt().getTime()).toBeGreaterThan(expiresBefore);
    const { request } = await newKeyAndRequest();
    const { certificatePem } = await client.renewCertificate({ csr: request }, options);
    expect(new X509Certificate(certificatePem).subjectAltName).toContain('spiffe://thecloud/gateway/edge-1');

    // Identity signs its own: what the server shows changes without a restart.
    await eventually(
      'its new certificate',
      async () => (await serverSerial(identity.served.enrollPort)) !== servedBefore,
    );
    client.close();
  });
});

/** The serial number of the certificate that a server shows to new connections. */
function serverSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      {
        port,
        host: '127.0.0.1',
        ca: readFileSync(engines.caFile),
        servername: 'identity.thecloud.internal',
        ALPNProtocols: ['h2'],
      },
      () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

/** Whatever comes back on a connection that begins HTTP/2 without TLS. */
function plainAnswer(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    socket.on('data', (part) => parts.push(part));
    socket.on('close', () => resolve(Buffer.concat(parts)));
    socket.on('error', (err: NodeJS.ErrnoException) =>
      err.code === 'ECONNRESET' ? resolve(Buffer.concat(parts)) : reject(err),
    );
  });
}
