import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@thecloud/testkit';
import { parseAllowed } from './addresses';
import { EgressGuard } from './guard';
import { lookupIn } from './names';

const dir = mkdtempSync(join(tmpdir(), 'names-'));
const hostsFile = join(dir, 'hosts');
const asked: string[] = [];
let dns: Socket;
let servers: string[];

const [OK, SERVER_FAILURE, NO_SUCH_NAME] = [0, 2, 3];
const A = 1;
/** An answer by RFC 1035 §4.1 to a question about one name; undefined: none comes. */
function answerTo(question: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (; question[at]; at += 1 + (question[at] ?? 0))
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  const name = labels.join('.').toLowerCase();
  const type = question.readUInt16BE(at + 1);
  asked.push(name);
  if (name.startsWith('silent')) return undefined;
  const code = name.startsWith('broken') ? SERVER_FAILURE : name.startsWith('there') ? OK : NO_SUCH_NAME;
  const address = code === OK && type === A ? [127, 0, 0, 1] : [];
  const header = Buffer.from([0, 0, 0x81, 0x80 | code, 0, 1, 0, address.length ? 1 : 0, 0, 0, 0, 0]);
  question.copy(header, 0, 0, 2);
  const record = [0xc0, 12, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address];
  return Buffer.concat([header, question.subarray(12, at + 5), Buffer.from(address.length ? record : [])]);
}

beforeAll(async () => {
  dns = createSocket('udp4');
  dns.on('message', (question, { port, address }) => {
    const answer = answerTo(question);
    if (answer) dns.send(answer, port, address);
  });
  await new Promise<void>((resolve) => dns.bind(0, '127.0.0.1', resolve));
  servers = [`127.0.0.1:${(dns.address() as AddressInfo).port}`];
  writeFileSync(
    hostsFile,
    '127.0.0.1 self # there.of.a.comment\n\n10.7.7.7\tMirror.Example  mirror\nbad line\n',
  );
});
afterAll(() => {
  dns.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => asked.splice(0));

const lookup = (host: string, deadlineMs = 5_000) => lookupIn({ servers, hostsFile, deadlineMs })(host);

it('asks DNS for a name as it stands, without search domains, and takes what one family has', async () => {
  expect(await lookup('there.example.')).toEqual([{ address: '127.0.0.1', family: 4 }]);
  expect(await lookup('THERE')).toEqual([{ address: '127.0.0.1', family: 4 }]);
  await expect(lookup('gone')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(new Set(asked)).toEqual(new Set(['there.example', 'there', 'gone']));
});

it.each(['mirror.example', 'MIRROR', 'mirror.'])('takes %s from /etc/hosts', async (name) => {
  expect(await lookup(name)).toEqual([{ address: '10.7.7.7', family: 4 }]);
  expect(asked).toEqual([]);
});

it('does without /etc/hosts, and knows localhost by itself', async () => {
  const bare = lookupIn({ servers, hostsFile: join(dir, 'none') });
  expect((await bare('a.localhost')).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
  await expect(bare('mirror')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it.each(['broken.example', 'silent.example'])('tells %s from a name that is not there', async (name) => {
  await expect(lookup(name, 500)).rejects.toMatchObject({ code: 'EAI_AGAIN' });
});

it("guards what /etc/hosts says, too, and lets no tenant's silent names hold up another's", async () => {
  const guard = new EgressGuard({ allow: parseAllowed('127.0.0.1'), lookup: lookup });
  await expect(guard.resolve('mirror', 443)).rejects.toMatchObject({ reason: 'EGRESS_REFUSED' });
  const silent = Array.from({ length: 16 }, (_, i) => `silent-${i}.example`);
  let ended = 0;
  const held = silent.map((name) => guard.resolve(name, 443).catch(() => (ended += 1)));
  await eventually('all of them are asked for', () => silent.every((name) => asked.includes(name)));
  expect((await guard.resolve('there.example', 443)).addresses).toEqual([
    { address: '127.0.0.1', family: 4 },
  ]);
  expect(ended).toBe(0);
  await Promise.all(held);
}, 20_000);
