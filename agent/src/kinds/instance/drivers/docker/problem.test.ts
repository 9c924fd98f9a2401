import { UNKNOWN_CAUSE } from './causes';
import { refusedStart, startProblem } from './problem';

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
    'started: There is no program x in its image.',
  ],
  [
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no/such": stat /no/such: no such file or directory: unknown',
    'START_FAILED',
    'started: There is no program /no/such in its image.',
  ],
  ['something else', 'START_FAILED', 'started: The container engine of the host refused it'],
])('%s -> %s', (message, reason, text) => {
  expect(startProblem(docker(message))).toMatchObject({ reason, message: expect.stringContaining(text) });
});

it('says which host port is taken, also one of an IPv6 address', () => {
  const said = 'Error starting userland proxy: listen tcp6 [::]:8082: bind: address already in use';
  expect(startProblem(docker(said))).toMatchObject({ facts: { problemPort: 8082 } });
  expect(startProblem(docker('listen: address already in use')).facts).toBeUndefined();
});

const SHIM = 'failed to create shim task: OCI runtime create failed: runc create failed: ';
const INIT = `${SHIM}unable to start container process: error during container init: `;
// As Docker 20.10 and 26 say it.
it.each([
  [`${INIT}error mounting "/srv/docker/volumes/f00/_data" to rootfs at "/proc": "/srv/docker/overlay2/f00/merged/proc" cannot be mounted because it is not of type proc: unknown`, 'A volume that its image declares'],
  [`${INIT}open /proc/sys/net/ipv4/ip_unprivileged_port_start: no such file or directory: unknown`, 'A volume that its image declares'],
  ['cannot mount volume over existing file, file exists /srv/docker/overlay2/f00/merged/etc/hosts', 'A volume that its image declares'],
  ['lstat /srv/docker/overlay2/f00/merged/a\u0000b: invalid argument', 'no program can be started with'],
  [`${SHIM}Cwd must be an absolute path: unknown`, 'Its working directory cannot be used'],
  ['Cannot mkdir: /bin/sh is not a directory', 'Its working directory cannot be used'],
  [`${INIT}environment variable name can't be empty: "=x": unknown`, 'An environment variable of it has no name'],
  ['unable to find user nosuch: no matching entries in passwd file', 'Its image has no user nosuch.'],
  ['uids and gids must be in range 0-2147483647', 'is out of range'],
  ['No command specified', 'Neither the instance nor its image names a program'],
  ['Image 127.0.0.1:10500/images/img_1@sha256:f00: json: cannot unmarshal number into Go struct field Config.Shell', 'The container engine of the host refused it'],
  [`${SHIM}open /srv/docker/x: input/output error: unknown`, 'The container engine of the host refused it'],
])('tells no path, image or step of the host: %s', (said, words) => {
  const spec = { command: ['x'], env: {}, tty: false, workingDir: '', user: '' };
  for (const { message } of [startProblem(docker(said)), refusedStart(said, spec)])
    expect(message).not.toMatch(/\/srv|127\.0\.0\.1|img_|shim|runc|OCI|unmarshal/);
  const refused = refusedStart(said, spec);
  const logged = refused.message === UNKNOWN_CAUSE ? said : undefined; // only what has no words of ours
  expect((refused.cause as Error | undefined)?.message).toBe(logged);
  expect(startProblem(docker(said))).toMatchObject({ message: expect.stringContaining(words), cause: { message: expect.stringContaining(said) } });
}); // prettier-ignore
