import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { startContainer } from './leftover';

const ID = 'a'.repeat(64);
const never = new AbortController().signal;

/** An engine that refuses to start the container until what is in the way has ended. */
async function refusing(isInTheWay: () => boolean, said = `task ${ID}: already exists`) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(isInTheWay() ? 500 : 204, { 'content-type': 'application/json' });
    response.end(isInTheWay() ? JSON.stringify({ message: said }) : undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const docker = new Docker({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  return { container: docker.getContainer(ID), asked: () => asked, close: () => server.close() };
}

/** A process of that name that waits for ever. */
const waits = (name: string, id: string) =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', '--', '-id', id], {
    argv0: name,
    stdio: 'ignore',
  });

it("ends the container's shim that a killed engine left, and starts it then", async () => {
  const [shim, other, alike] = [
    waits('/usr/bin/containerd-shim-runc-v2', ID),
    waits('/usr/bin/containerd-shim-runc-v2', 'b'.repeat(64)),
    waits('/usr/bin/sleep', ID),
  ];
  const engine = await refusing(() => shim.signalCode === null);
  try {
    await startContainer(engine.container, never);
    expect(shim.signalCode).toBe('SIGKILL');
    expect([other.signalCode, alike.signalCode, other.exitCode, alike.exitCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  } finally {
    engine.close();
    for (const child of [shim, other, alike]) child.kill('SIGKILL');
  }
});

it('moves the bundle away that a killed engine left, and nothing else', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'leftover-'));
  const tasks = join(dir, 'io.containerd.runtime.v2.task/ns');
  const [bundle, other] = [join(tasks, ID), join(tasks, 'b'.repeat(64))];
  for (const each of [bundle, other]) mkdirSync(each, { recursive: true });
  const said = (path: string) => `failed to start shim: mkdir ${path}: file exists: unknown`;
  try {
    const engine = await refusing(() => existsSync(bundle), said(bundle));
    await startContainer(engine.container, never);
    engine.close();
    expect(readdirSync(tasks).sort()).toEqual([expect.stringMatching(/^a+\.left-/), 'b'.repeat(64)]);
    for (const path of [other, dir]) {
      const refuses = await refusing(() => true, said(path));
      await expect(startContainer(refuses.container, never)).rejects.toThrow('file exists');
      refuses.close();
      expect(existsSync(path)).toBe(true);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it('gives up at once where nothing is left, and for every other refusal', async () => {
  for (const said of [`task ${ID}: already exists`, 'no command specified']) {
    const engine = await refusing(() => true, said);
    await expect(startContainer(engine.container, never)).rejects.toThrow(said);
    expect(engine.asked()).toBe(1);
    engine.close();
  }
});
