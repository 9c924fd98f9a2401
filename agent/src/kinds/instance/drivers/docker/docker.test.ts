import { readdirSync, readlinkSync } from 'node:fs';
import { globalAgent } from 'node:http';
import { newId } from '@thecloud/kernel';
import Docker from 'dockerode';
import {
  describeWithDocker,
  dockerSocket,
  importTestImage,
  loadTestImage,
  removeContainers,
  sh,
  sleeper,
  testImage,
} from '../../../../fixtures/docker';
import { freePort } from '../../../../fixtures/free-port';
import { until } from '../../../../fixtures/until';
import { instanceDriverContract } from '../../ports/instance-driver.contract';
import { instanceLifeContract } from '../../ports/instance-life.contract';
import type { DriverSpec } from '../../ports/instance-driver';
import type { ExecProcess, ExecSpec } from '../../ports/exec-driver';
import { containerName, containerOptions } from './container';
import { DockerInstanceDriver } from './docker';

const never = new AbortController().signal;

describeWithDocker('docker', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  const hostId = newId('host');
  const driver = new DockerInstanceDriver({ socketPath: dockerSocket, hostId, publishAddress: '127.0.0.1' });
  const container = (id: string) => docker.getContainer(containerName(id));

  /** Of this process to Docker: followed logs are, and pooled connections are not. */
  const openRequests = () =>
    Object.entries(globalAgent.sockets)
      .filter(([name]) => name.includes(dockerSocket))
      .reduce((all, [, sockets]) => all + (sockets?.length ?? 0), 0);
  /** Files of logs that this process has open. */
  const openLogs = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('/local-logs/');
      } catch {
        return false; // closed meanwhile
      }
    }).length;
  const runningExecs = async (id: string) => {
    const { ExecIDs: ids } = await container(id).inspect();
    const all = await Promise.all(
      (ids ?? []).map((exec) =>
        docker
          .getExec(exec)
          .inspect()
          .catch(() => undefined),
      ),
    );
    return all.filter((exec) => exec?.Running).length;
  };

  beforeAll(() => importTestImage(docker));
  afterAll(() => removeContainers(docker, hostId));

  instanceDriverContract(async () => ({
    driver,
    forever: { image: testImage, command: sleeper },
    exits: (code) => ({ image: testImage, command: sh(`echo bye; exit ${code}`) }),
    stranger: {
      kill: (id) => container(id).kill(),
      remove: (id) => container(id).remove(),
    },
    freePort,
  }));

  instanceLifeContract(async () => ({
    driver,
    quiet: { image: testImage, command: sh(`echo started; ${sleeper[2]}`) },
    talks: {
      image: testImage,
      command: sh('echo started; i=0; while :; do i=$((i+1)); echo "line $i"; /bin/busybox sleep 0.02; done'),
    },
    programs: {
      echo: ['/bin/busybox', 'echo'],
      cat: ['/bin/busybox', 'cat'],
      printenv: sh('eval echo \\$$0'),
      exit: [...sh('echo bye >&2; exit $0')],
      size: sh(
        'tell() { /bin/busybox stty size; }; trap tell WINCH; tell; while :; do /bin/busybox sleep 0.05; done',
      ),
      yes: ['/bin/busybox', 'yes'],
    },
    held: async (id) => ({ execs: await runningExecs(id), followers: openRequests() + openLogs() }),
  }));

  const spec = (more: Partial<DriverSpec>): DriverSpec => ({
    ...{
      id: newId('instance'),
      generation: 1,
      restartNonce: 0,
      specHash: 'h',
      image: testImage,
      command: sleeper,
      env: { A: 'b=c' },
    },
    ...{
      ports: [],
      entrypoint: [],
      cpuMillicores: 64_000,
      memoryMib: 64,
      pids: 32,
      hostname: 'web',
      projectId: 'prj',
      onHostLoss: 'restart',
    },
    ...more,
  });
  const run = async (more: Partial<DriverSpec>) => {
    const made = spec(more);
    await driver.create(made, never);
    await driver.start(made.id, never);
    return made.id;
  };

  const outputOf = async (exec: ExecProcess) => {
    let text = '';
    for await (const { data } of exec.output) text += data.toString();
    return text;
  };

  it('locks the container down and limits it, even with more vCPUs than the machine has', async () => {
    const { HostConfig: host, Config: config } = await container(await run({})).inspect();
    expect(host).toMatchObject({
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      Memory: 64 * 2 ** 20,
      MemorySwap: 64 * 2 ** 20,
      CpuQuota: 6_400_000,
      PidsLimit: 32,
      RestartPolicy: { Name: 'no' },
    });
    expect(config).toMatchObject({ Hostname: 'web', Env: ['A=b=c'] });
  });

  it('runs no health check, whatever the image says', async () => {
    const image = 'thecloud-agent-test:health';
    const check = { Test: ['CMD', '/bin/busybox', 'touch', '/tmp/checked'], Interval: 1_000_000 };
    await loadTestImage(docker, image, { Healthcheck: check });
    const id = await run({ image });
    const other = await docker.createContainer({ Image: image, Cmd: sleeper });
    await other.start();
    try {
      await until('a check', async () => (await other.inspect()).State.Health?.Log.length);
    } finally {
      await other.remove({ force: true });
    }
    expect((await container(id).inspect()).State.Health).toBeUndefined();
    await expect(driver.statFile(id, '/tmp/checked', never)).rejects.toMatchObject({
      reason: 'FILE_NOT_FOUND',
    });
  });

  it('limits a part of a CPU', async () => {
    const { HostConfig: host } = await container(await run({ cpuMillicores: 250 })).inspect();
    expect(host).toMatchObject({ CpuPeriod: 100_000, CpuQuota: 25_000 });
  });

  describe('of an image with ENTRYPOINT and CMD', () => {
    const image = 'thecloud-agent-test:entrypoint';
    beforeAll(async () => {
      const made = await docker.createContainer({
        ...{ Image: testImage, Entrypoint: ['/bin/busybox', 'echo', 'ENTRYPOINT'], Cmd: ['CMD'] },
      });
      const [repo, tag] = image.split(':');
      await made.commit({ repo, tag });
      await made.remove();
    });
    const says = async (more: Partial<DriverSpec>) => {
      const id = await run({ image, command: [], ...more });
      await until('the exit', async () => (await driver.inspect(id))?.phase === 'exited');
      return driver.tail(id, 1_000);
    };

    it('runs both, unless told otherwise', async () => {
      expect(await says({})).toBe('ENTRYPOINT CMD');
    });

    it('hands a command to its entrypoint', async () => {
      expect(await says({ command: ['/bin/busybox', 'true'] })).toBe('ENTRYPOINT /bin/busybox true');
    });

    it('runs another entrypoint without its command, and with a given one', async () => {
      expect(await says({ entrypoint: ['/bin/busybox', 'echo', 'mine'] })).toBe('mine');
      expect(await says({ entrypoint: ['/bin/busybox', 'echo', 'mine'], command: ['too'] })).toBe('mine too');
    });

    it('runs a command alone where the entrypoint is taken away', async () => {
      expect(await says({ entrypoint: [''], command: ['/bin/busybox', 'echo', 'alone'] })).toBe('alone');
    });
  });

  it('denies a program what the dropped capabilities are for', async () => {
    const id = await run({ command: sh('/bin/busybox mknod /tmp/disk b 8 0 || exit 9') });
    await until('the exit', async () => (await driver.inspect(id))?.exitCode === 9);
  });

  it('tells when the memory limit killed it', async () => {
    const id = await run({ memoryMib: 16, command: sh('exec /bin/busybox tail /dev/zero') });
    expect(await until('the exit', async () => (await driver.inspect(id))?.phase === 'exited')).toBe(true);
    expect(await driver.inspect(id)).toMatchObject({ outOfMemory: true, exitCode: 137 });
  });

  it.each([
    [3, false],
    [0, false],
    [137, true], // as a killed program ends: nothing tells them apart, and the message says no more than that
  ])('when it killed a child only and the program ended with %i, says so: %s', async (code, outOfMemory) => {
    const script = `/bin/busybox tail /dev/zero; echo "child $?"; exit ${code}`;
    const id = await run({ memoryMib: 16, command: sh(script) });
    await until('the exit', async () => (await driver.inspect(id))?.phase === 'exited');
    expect((await container(id).inspect()).State.OOMKilled).toBe(true);
    expect(await driver.inspect(id)).toMatchObject({ outOfMemory, exitCode: code });
    expect(await driver.tail(id, 1_000)).toContain('child 137');
  });

  describe('of an image whose stop signal does not exist', () => {
    const image = 'thecloud-agent-test:sigfoo';
    beforeAll(() => loadTestImage(docker, image, { StopSignal: 'SIGFOO' }));

    it('asks the program to end, as for any other', async () => {
      const polite = 'trap "exit 5" TERM; echo ready; while :; do /bin/busybox sleep 0.05; done';
      const id = await run({ image, command: sh(polite) });
      await until('its trap', async () => (await driver.tail(id, 100)) === 'ready');
      await driver.stop(id, 10_000, never);
      expect(await driver.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 5 });
      await driver.start(id, never);
      expect((await driver.inspect(id))?.phase).toBe('running');
      await driver.remove(id);
      expect(await driver.inspect(id)).toBeUndefined();
    });

    it.each([0, 200])('kills what does not end within %i ms, also a paused one', async (graceMs) => {
      const deaf = sh('trap "" TERM; while :; do /bin/busybox sleep 0.05; done');
      const id = await run({ image, command: deaf });
      await driver.stop(id, graceMs, never);
      expect(await driver.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 137 });
      await driver.start(id, never);
      await container(id).pause();
      await driver.stop(id, graceMs, never);
      expect(await driver.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 137 });
    });
  });

  it('publishes ports on the configured address only', async () => {
    const hostPort = await freePort();
    const command = ['/bin/busybox', 'httpd', '-f', '-p', '80', '-h', '/bin'];
    await run({ command, ports: [{ containerPort: 80, hostPort, protocol: 'tcp' }] });
    const page = await until('an answer', () =>
      fetch(`http://127.0.0.1:${hostPort}/sh`).catch(() => undefined),
    );
    expect(page.status).toBe(200);
    await page.body?.cancel();
  });

  it('says in plain words what Docker refuses', async () => {
    await expect(driver.create(spec({ memoryMib: 1 }), never)).rejects.toMatchObject({
      reason: 'START_FAILED',
      transient: false,
      message: expect.stringMatching(/^The container could not be started: It has too little memory/),
    });
  });

  it('kills what does not listen when its time is over, and hurries when a newer order comes', async () => {
    const deaf = await run({ command: sh('trap "" TERM; while :; do /bin/busybox sleep 0.1; done') });
    const newer = new AbortController();
    const slow = driver.stop(deaf, 300_000, newer.signal);
    newer.abort(new Error('superseded'));
    await expect(slow).rejects.toThrow('superseded');
    await driver.stop(deaf, 100, never);
    expect(await driver.inspect(deaf)).toMatchObject({ phase: 'exited', exitCode: 137 });
  });

  it('thaws what a stranger froze, to start it and to stop it', async () => {
    const id = await run({});
    await container(id).pause();
    expect((await driver.inspect(id))?.phase).toBe('paused');
    await driver.start(id, never);
    // Docker may still be telling of the pause when the program runs again already.
    await until('the thaw', async () => (await driver.inspect(id))?.phase === 'running');
    await container(id).pause();
    await driver.stop(id, 5_000, never);
    expect((await driver.inspect(id))?.phase).toBe('exited');
  });

  it('finds a container that was renamed, and leaves those of other hosts alone', async () => {
    const id = await run({});
    await container(id).rename({ name: `renamed-${id}` });
    expect((await driver.inspect(id))?.phase).toBe('running');
    const other = new DockerInstanceDriver({
      socketPath: dockerSocket,
      hostId: newId('host'),
      publishAddress: '127.0.0.1',
    });
    expect(await other.list()).toEqual([]);
    await other.remove(id);
    expect((await driver.inspect(id))?.phase).toBe('running');
  });

  it('gives a terminal its size before the program starts, every time', async () => {
    const id = await run({});
    const size = { rows: 41, columns: 133 };
    const said: string[] = [];
    for (let times = 0; times < 25; times++) {
      const program = { command: ['/bin/busybox', 'stty', 'size'], env: {}, workingDir: '', user: '' };
      const exec = await driver.exec(id, { ...program, tty: true, size });
      said.push(await outputOf(exec));
      expect(await exec.exitCode()).toBe(0);
      await exec.close();
    }
    expect(new Set(said)).toEqual(new Set(['41 133\r\n']));
  });

  it.each([false, true])('says why a program cannot be started (terminal: %s)', async (tty) => {
    const id = await run({});
    const refusal = async (more: Partial<ExecSpec>) => {
      const program = { command: ['/bin/busybox', 'true'], env: {}, workingDir: '', user: '' };
      const exec = driver.exec(id, { ...program, tty, size: { rows: 24, columns: 80 }, ...more });
      return exec.then(outputOf).catch((error: unknown) => error);
    };
    expect(await refusal({ command: ['/www'] })).toMatchObject({ reason: 'COMMAND_NOT_EXECUTABLE' });
    const refused = { reason: 'EXEC_FAILED' };
    expect(await refusal({ workingDir: '/no/dir' })).toMatchObject({
      ...refused,
      message: 'It has no working directory /no/dir to run in.',
    });
    expect(await refusal({ user: 'nobodyx' })).toMatchObject({
      ...refused,
      message: 'Its image has no user nobodyx.',
    });
    expect(await runningExecs(id)).toBe(0);
  });

  it('gives the bytes that were written, however long the line and whatever they are', async () => {
    const binary = Buffer.from(Array.from({ length: 257 }, (_, i) => i % 256));
    const script =
      '/bin/busybox head -c 16383 /dev/zero | /bin/busybox tr "\\0" a; echo 日本; ' +
      `echo ${binary.toString('base64')} | /bin/busybox base64 -d; echo; /bin/busybox printf "no line feed"`;
    const id = await run({ command: sh(script) });
    await until('the exit', async () => (await driver.inspect(id))?.phase === 'exited');
    const pieces: Buffer[] = [];
    for await (const batch of driver.logs(id, { follow: false }, never))
      pieces.push(...batch.map((e) => e.text));
    const feed = Buffer.from('\n');
    const written = [Buffer.from(`${'a'.repeat(16_383)}日本\n`), binary, feed, Buffer.from('no line feed')];
    expect(Buffer.concat(pieces).equals(Buffer.concat(written))).toBe(true);
    expect(await driver.tail(id, 100)).toContain('no line feed');
  });

  it('repeats and loses no line of a busy log while Docker rotates it', async () => {
    // 30,000 lines of 900 bytes at some 2 MB/s: 27 MB, three files of 10 MB.
    const script =
      'x=$(/bin/busybox head -c 880 /dev/zero | /bin/busybox tr "\\0" x); i=0; ' +
      'while [ $i -lt 30000 ]; do i=$((i+1)); echo "line $i $x"; [ $((i % 200)) = 0 ] && /bin/busybox sleep 0.08; done; ' +
      'echo over; /bin/busybox sleep 1000';
    const id = await run({ command: sh(script) });
    const seen: number[] = [];
    let last = '';
    for await (const batch of driver.logs(id, { follow: true }, never)) {
      for (const { text } of batch) {
        last = text.toString('latin1', 0, 20).trim();
        if (last !== 'over') seen.push(Number(/^line (\d+)/.exec(last)?.[1]));
      }
      if (last === 'over') break;
    }
    expect(seen.findIndex((n, i) => n !== i + 1)).toBe(-1);
    expect(seen).toHaveLength(30_000);
    await driver.remove(id);
  }, 120_000);

  it('still reads the log of a container that an earlier version made', async () => {
    const options = containerOptions(spec({ command: sh('echo one; echo two') }), {
      ...{ hostId, publishAddress: '127.0.0.1', init: true },
    });
    const id = options.Labels?.['thecloud.instance_id'] ?? '';
    const HostConfig = {
      ...options.HostConfig,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
    };
    await docker.createContainer({ ...options, HostConfig });
    await driver.start(id, never);
    const read = async () => {
      let text = '';
      for await (const batch of driver.logs(id, { follow: false }, never))
        text += batch.map((e) => e.text).join('');
      return text;
    };
    await until('its log', async () => (await read()) === 'one\ntwo\n');
  });

  it('hangs up all that a program has started, and leaves alone what left its session', async () => {
    const id = await run({});
    const script =
      '/bin/busybox setsid /bin/busybox sleep 1001 & /bin/busybox sleep 1002 & /bin/busybox sleep 1003';
    const exec = await driver.exec(id, {
      command: sh(script),
      env: {},
      tty: true,
      workingDir: '/tmp',
      user: '0',
    });
    const sleeping = async () =>
      ((await container(id).top()).Processes as string[][])
        .map((row) => /sleep (100\d)/.exec(row.join(' '))?.[1])
        .filter(Boolean)
        .sort();
    await until('all three', async () => (await sleeping()).join() === '1001,1002,1003');
    await exec.close();
    expect(await sleeping()).toEqual(['1001']);
  });

  it('kills what does not end by a hang-up', async () => {
    const id = await run({});
    const script = 'trap "" HUP TERM INT; echo deaf; while :; do /bin/busybox sleep 0.05; done';
    const exec = await driver.exec(id, {
      command: sh(script),
      env: {},
      tty: false,
      workingDir: '',
      user: '',
    });
    for await (const { data } of exec.output) if (data.includes('deaf')) break;
    await exec.close();
    expect(await runningExecs(id)).toBe(0);
  });

  it('ends what an earlier agent left behind, and nothing that an operator runs', async () => {
    const id = await run({});
    const program = { command: sh('while :; do /bin/busybox sleep 0.05; done'), env: {}, tty: false };
    const left = await driver.exec(id, { ...program, workingDir: '', user: '' });
    const byHand = await container(id).exec({ Cmd: program.command });
    await byHand.start({ Detach: true });
    await until('both', async () => (await runningExecs(id)) === 2);
    const socketPath = dockerSocket;
    const next = new DockerInstanceDriver({ socketPath, hostId, publishAddress: '127.0.0.1' });
    expect(await next.sweep()).toBe(1);
    expect(await runningExecs(id)).toBe(1);
    expect((await byHand.inspect()).Running).toBe(true);
    await left.close();
  });

  it('says that Docker does not answer when there is none', async () => {
    const lost = new DockerInstanceDriver({
      socketPath: '/nonexistent.sock',
      hostId,
      publishAddress: '127.0.0.1',
    });
    expect(await lost.probe()).toMatchObject({
      ok: false,
      why: expect.stringContaining('Docker does not answer'),
    });
    await expect(lost.list()).rejects.toMatchObject({ reason: 'DRIVER_UNAVAILABLE' });
  });
});
