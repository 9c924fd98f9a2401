import { startProblem } from './problem';

const docker = (message: string) =>
  Object.assign(new Error(`(HTTP code 500) server error - ${message}`), {
    statusCode: 500,
    json: { message },
  });

it.each([
  [
    'driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:8081 failed: port is already allocated',
    'PORT_TAKEN',
    'Host port 8081 is in use',
  ],
  [
    '… Error starting userland proxy: listen tcp4 127.0.0.1:8082: bind: address already in use',
    'PORT_TAKEN',
    'Host port 8082 is in use',
  ],
  [
    'OCI runtime create failed: container_linux.go: starting container process caused: exec: "x": not found: unknown',
    'START_FAILED',
    'started: exec: "x": not found',
  ],
  [
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no/such": stat /no/such: no such file or directory: unknown',
    'START_FAILED',
    'started: exec: "/no/such": stat',
  ],
  ['something else', 'START_FAILED', 'started: something else'],
])('%s -> %s', (message, reason, text) => {
  expect(startProblem(docker(message))).toMatchObject({ reason, message: expect.stringContaining(text) });
});

it('says which host port is taken, also one of an IPv6 address', () => {
  const said = 'Error starting userland proxy: listen tcp6 [::]:8082: bind: address already in use';
  expect(startProblem(docker(said))).toMatchObject({ hostPort: 8082 });
  expect(startProblem(docker('listen: address already in use')).hostPort).toBeUndefined();
});
