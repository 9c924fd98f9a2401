import { machine, recordedGateway } from '../test/recorded-gateway';
import { buildProgram } from './program';
import { shieldProgram } from './program-words';

const { stdin, stdout, stderr } = process;
const program = buildProgram({ env: {}, stdin, stdout, stderr, signal: new AbortController().signal });

describe('the program that an instance is to run', () => {
  it.each([
    ['instance exec web ls -l', 'instance exec web -- ls -l'],
    ['instance exec web -- ls -l', 'instance exec web -- ls -l'],
    ['instance exec -it web sh -c x', 'instance exec -it web -- sh -c x'],
    ['instance exec web -it sh -q', 'instance exec web -it -- sh -q'],
    ['instance exec -e A=1 -w /tmp web env -o json', 'instance exec -e A=1 -w /tmp web -- env -o json'],
    ['instance exec -tie A=1 web env --help', 'instance exec -tie A=1 web -- env --help'],
    ['instance exec --env=A=1 -eB=2 web top -q', 'instance exec --env=A=1 -eB=2 web -- top -q'],
    ['-o json instances exec --context x web id -u', '-o json instances exec --context x web -- id -u'],
    ['instance exec web', 'instance exec web'],
    ['instance show web -o json', 'instance show web -o json'],
    ['instance rm web worker --yes', 'instance rm web worker --yes'],
  ])('%s', (typed, read) => {
    expect(shieldProgram(program, typed.split(' '))).toEqual(read.split(' '));
  });

  it('keeps its options', async () => {
    const started: unknown[] = [];
    const gateway = await recordedGateway(
      {},
      {
        '/v1/instances/ins_1/exec': (socket) =>
          socket.on('message', (data: Buffer) => {
            started.push(JSON.parse(data.toString()));
            socket.send(JSON.stringify({ result: { exit: { exit_code: 0 } } }));
            socket.close(1000);
          }),
      },
    );
    const home = await machine({ server: gateway.url, api_key: 'cloud_k' });
    await home.cloud(['instance', 'exec', 'ins_1', 'ls', '-l', '-q', '--output', 'x']);
    expect(started[0]).toMatchObject({ start: { command: ['ls', '-l', '-q', '--output', 'x'] } });
    await gateway.close();
    await home.remove();
  });

  it('is explained where an option of it is taken for one of ours', async () => {
    const home = await machine();
    const { code, err } = await home.cloud([
      'instance',
      'launch',
      'job',
      '-i',
      'x',
      '-t',
      'y',
      'sh',
      '-c',
      'date',
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/unknown option '-c'\n→ If that is an option of the program, put -- before/);
    // Other mistakes are not the program's.
    for (const mistake of [
      ['--imagee', 'x'],
      ['--timeout', 'x'],
    ]) {
      const other = await home.cloud(['instance', 'launch', 'web', '--image', 'hello', ...mistake]);
      expect(other.code).toBe(2);
      expect(other.err).not.toContain('put --');
    }
    await home.remove();
  });
});
