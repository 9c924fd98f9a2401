import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine, recordedGateway } from '../test/recorded-gateway';
import { parseEnvFile } from './env-file';

const parse = (text: string | Uint8Array, env = {}) => parseEnvFile(Buffer.from(text), env);

describe('a file of variables', () => {
  it('is read as docker reads it', () => {
    const text = [
      '\ufeff# a comment',
      '',
      '  # another',
      'A=1',
      '  B=" two "  ',
      "C='x=y' # not a comment",
      'EMPTY=',
      'HOME',
      'UNSET',
      'A=2\r',
    ].join('\n');
    expect(parse(text, { HOME: '/root' })).toEqual({
      A: '2',
      B: '" two "  ',
      C: "'x=y' # not a comment",
      EMPTY: '',
      HOME: '/root',
    });
    expect(parse('__proto__=1\n')).toEqual(Object.fromEntries([['__proto__', '1']]));
  });

  it.each([
    ['no name', 'A=1\n=secret', 'Line 2 has no name'],
    ['white space in a name', 'export A=secret', 'Line 1 has white space'],
    ['bytes that are no text', Buffer.from([0x41, 0x3d, 0xff]), 'not UTF-8'],
  ])('refuses %s without showing the line', (_, text, why) => {
    expect(() => parse(text)).toThrow(why);
    expect(() => parse(text)).not.toThrow('secret');
  });

  it('sets variables of launch, update and exec; -e goes before it', async () => {
    const instance = { metadata: { id: 'ins_1', name: 'web' }, spec: { env: { OLD: '0' } } };
    const gateway = await recordedGateway({
      'POST /v1/instances': { status: 202, body: instance },
      'GET /v1/instances/ins_1': { body: instance },
      'PATCH /v1/instances/ins_1': { body: instance },
    });
    const home = await machine({ server: gateway.url, api_key: 'cloud_k' });
    const [first, second] = [join(home.dir, 'a.env'), join(home.dir, 'b.env')];
    await writeFile(first, 'A=file\nB=file\nC=file\n');
    await writeFile(second, 'B=second\nHOST_ONLY\n');
    const files = ['--env-file', first, `--env-file=${second}`, '-e', 'A=option'];
    const env = { HOST_ONLY: 'yes' };
    const expected = { A: 'option', B: 'second', C: 'file', HOST_ONLY: 'yes' };
    await home.cloud(['instance', 'launch', 'web', '-i', 'x', '-t', 'y', ...files], { env });
    expect(gateway.seen[0]?.body).toMatchObject({ spec: { env: expected } });
    await home.cloud(['instance', 'update', 'ins_1', ...files], { env });
    expect(gateway.seen[2]?.body).toMatchObject({ spec: { env: { OLD: '0', ...expected } } });
    const none = await home.cloud([
      'instance',
      'launch',
      'web',
      '-i',
      'x',
      '-t',
      'y',
      '--env-file',
      '/nofile',
    ]);
    expect(none.code).toBe(2);
    expect(none.err).toMatch(
      /'--env-file <file>' argument '\/nofile' is invalid\. It cannot be read: no such file or directory/,
    );
    await gateway.close();
    await home.remove();
  });
});
