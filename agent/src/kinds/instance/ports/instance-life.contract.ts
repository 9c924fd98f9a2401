import { newId } from '@thecloud/kernel';
import { until } from '../../../fixtures/until';
import type { ExecDriver, ExecProcess, ExecSpec } from './exec-driver';
import type { InstanceDriver, DriverSpec } from './instance-driver';
import type { LogDriver, LogOptions } from './log-driver';
import type { StatsDriver } from './stats-driver';

/** What the suite needs to know about one adapter. */
export interface LifeUnderTest {
  driver: InstanceDriver & LogDriver & ExecDriver & StatsDriver;
  /** Writes "started", then runs until stopped and says nothing. */
  quiet: Partial<DriverSpec>;
  /** Writes "started", then "line 1", "line 2" … some fifty a second. */
  talks: Partial<DriverSpec>;
  /** Programs there: echo and cat as one knows them; `exit` writes "bye" to stderr first; `size` tells its terminal's. */
  programs: Record<'echo' | 'cat' | 'printenv' | 'exit' | 'size' | 'yes', string[]>;
  /** What is still held of the engine for the instance: programs by exec, and readers of its log. */
  held(id: string): Promise<{ execs: number; followers: number }>;
}

const never = new AbortController().signal;

/** What every adapter that can look into instances, and act in them, promises. */
export function instanceLifeContract(make: () => Promise<LifeUnderTest>): void {
  let t: LifeUnderTest;
  let quiet: string;
  let talks: string;
  beforeAll(async () => {
    t = await make();
    quiet = await run(t.quiet);
    talks = await run(t.talks);
  });

  const run = async (more: Partial<DriverSpec>) => {
    const spec: DriverSpec = {
      ...{ id: newId('instance'), generation: 1, restartNonce: 0, specHash: 'hash', image: 'image' },
      ...{
        entrypoint: [],
        command: [],
        env: {},
        ports: [],
        cpuMillicores: 1_000,
        memoryMib: 64,
        pids: 64,
        hostname: 'web',
      },
      ...{ projectId: 'prj', onHostLoss: 'restart' as const },
      ...more,
    };
    await t.driver.create(spec, never);
    await t.driver.start(spec.id, never);
    return spec.id;
  };
  /** Reads until it has so many lines, or to the end. */
  const lines = async (id: string, options: LogOptions, most = Infinity, signal = never) => {
    const read: string[] = [];
    for await (const batch of t.driver.logs(id, options, signal)) {
      read.push(...batch.map((entry) => entry.text.toString().trimEnd()));
      if (read.length >= most) break;
    }
    return read;
  };
  const written = (id: string, text: string) =>
    until(text, async () => (await lines(id, { follow: false })).includes(text));
  const start = (command: string[], more: Partial<ExecSpec> = {}) =>
    t.driver.exec(quiet, { command, env: {}, tty: false, workingDir: '', user: '', ...more });
  const textOf = async (process: ExecProcess, enough = (_: string) => false) => {
    const text = { stdout: '', stderr: '' };
    for await (const { stream, data } of process.output) {
      text[stream] += data.toString();
      if (enough(text[stream])) break;
    }
    return text;
  };
  const nothingIsHeld = (id: string) =>
    until('nothing to be held', async () => {
      const { execs, followers } = await t.held(id);
      return execs === 0 && followers === 0;
    });

  describe('logs', () => {
    it('are all there is, in order, or the last lines', async () => {
      await written(talks, 'line 5');
      const all = await lines(talks, { follow: false });
      expect(all.slice(0, 4)).toEqual(['started', 'line 1', 'line 2', 'line 3']);
      expect(await lines(talks, { follow: false, tail: 2 })).toHaveLength(2);
      expect(await lines(talks, { follow: false, tail: 0 })).toEqual([]);
    });

    it('go on exactly behind what was read before', async () => {
      await written(talks, 'line 5');
      const entries = [];
      for await (const batch of t.driver.logs(talks, { follow: false }, never)) entries.push(...batch);
      const third = entries.find((entry) => entry.text.toString().trim() === 'line 3');
      const rest = await lines(talks, { follow: false, afterNs: third?.timeNs });
      expect(rest[0]).toBe('line 4');
      expect(Math.abs(Number((third?.timeNs ?? 0n) / 1_000_000n) - Date.now())).toBeLessThan(600_000);
    });

    it('are followed as they are written', async () => {
      const read = await lines(talks, { follow: true, tail: 1 }, 4);
      const first = Number(/\d+/.exec(read[0] ?? '')?.[0]);
      expect(read.slice(0, 4)).toEqual([0, 1, 2, 3].map((i) => `line ${first + i}`));
      await nothingIsHeld(talks);
    });

    it('end when the program does, and are still there then, from all its runs', async () => {
      const id = await run(t.quiet);
      const followed = lines(id, { follow: true });
      await written(id, 'started');
      await t.driver.stop(id, 5_000, never);
      expect((await followed)[0]).toBe('started');
      await t.driver.start(id, never);
      await until('a second start', async () => {
        const read = await lines(id, { follow: false });
        return read.filter((line) => line === 'started').length === 2;
      });
    });

    it('end when the instance is removed, or was never there', async () => {
      const id = await run(t.quiet);
      const followed = lines(id, { follow: true });
      await written(id, 'started');
      await t.driver.remove(id);
      expect((await followed)[0]).toBe('started');
      expect(await lines(newId('instance'), { follow: true })).toEqual([]);
    });

    it('leave nothing behind when their reader goes while nothing is written', async () => {
      const gone = new AbortController();
      const read: string[] = [];
      const reading = (async () => {
        for await (const batch of t.driver.logs(quiet, { follow: true }, gone.signal))
          read.push(...batch.map((entry) => entry.text.toString()));
      })();
      await until('the first line', () => read.length > 0);
      await until('a reader', async () => (await t.held(quiet)).followers > 0);
      gone.abort();
      await reading;
      expect(read).toEqual(['started\n']);
      await nothingIsHeld(quiet);
    });

    it('leave nothing behind when their readers go while they are opened', async () => {
      const leaves = async (afterMs: number) => {
        const gone = new AbortController();
        const reading = lines(quiet, { follow: true, tail: 0 }, Infinity, gone.signal);
        for (const began = performance.now(); performance.now() - began < afterMs;)
          await new Promise(setImmediate);
        gone.abort();
        await reading.catch(() => undefined); // it may be told that it was not waited for
      };
      await Promise.all(Array.from({ length: 40 }, (_, i) => leaves(i / 2)));
      await nothingIsHeld(quiet);
    });
  });

  describe('exec', () => {
    it('runs a program, with its own variables, to its end', async () => {
      const echo = await start([...t.programs.echo, 'hello', 'there']);
      expect(await textOf(echo)).toEqual({ stdout: 'hello there\n', stderr: '' });
      expect(await echo.exitCode()).toBe(0);
      await echo.close();
      const variable = await start([...t.programs.printenv, 'COLOUR'], { env: { COLOUR: 'teal' } });
      expect((await textOf(variable)).stdout).toBe('teal\n');
      await variable.close();
    });

    it('tells stderr apart, and the exit code', async () => {
      const exit = await start([...t.programs.exit, '7']);
      expect(await textOf(exit)).toEqual({ stdout: '', stderr: 'bye\n' });
      expect(await exit.exitCode()).toBe(7);
      await exit.close();
    });

    it.each([false, true])('says so when a program is not there (terminal: %s)', async (tty) => {
      const size = { rows: 24, columns: 80 };
      for (const program of ['nosuch', '/no/such/program']) {
        const missing = start([program], { tty, size }).then((process) => textOf(process));
        await expect(missing).rejects.toMatchObject({
          reason: 'COMMAND_NOT_FOUND',
          message: `There is no program ${program} in the instance.`,
        });
      }
      await nothingIsHeld(quiet);
    });

    it('passes input on, as much as there is, and its end', async () => {
      const cat = await start(t.programs.cat);
      const piece = Buffer.alloc(32_768, 'x');
      const feeding = (async () => {
        for (let i = 0; i < 64; i++) await cat.write(piece);
        cat.closeInput();
      })();
      let bytes = 0;
      for await (const { data } of cat.output) bytes += data.length;
      await feeding;
      expect(bytes).toBe(64 * piece.length);
      expect(await cat.exitCode()).toBe(0);
      await cat.close();
    });

    it('gives a terminal its size, and tells of another', async () => {
      const size = await start(t.programs.size, { tty: true, size: { rows: 33, columns: 111 } });
      const seen = await textOf(size, (text) => {
        if (text.includes('33 111') && !text.includes('44 122')) void size.resize({ rows: 44, columns: 122 });
        return text.includes('44 122');
      });
      expect(seen.stdout).toMatch(/^33 111\r?\n/);
      await size.close();
      await nothingIsHeld(quiet);
    });

    it('signals the program', async () => {
      const cat = await start(t.programs.cat);
      await cat.signal('TERM');
      await textOf(cat);
      expect(await cat.exitCode()).toBe(143);
      await cat.close();
    });

    it('ends the program when it is closed, twice as once, whatever it is doing', async () => {
      const yes = await start(t.programs.yes);
      const cat = await start(t.programs.cat);
      expect((await t.held(quiet)).execs).toBe(2);
      expect((await textOf(yes, (text) => text.length > 0)).stdout).toMatch(/^y/);
      await Promise.all([yes.close(), yes.close(), cat.close()]);
      await nothingIsHeld(quiet);
    });

    it('needs a program that runs', async () => {
      const id = await run(t.quiet);
      await t.driver.stop(id, 5_000, never);
      const spec = { command: t.programs.cat, env: {}, tty: false, workingDir: '', user: '' };
      await expect(t.driver.exec(id, spec)).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
      await expect(t.driver.exec(newId('instance'), spec)).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
    });
  });

  describe('stats', () => {
    it('grow with what it does, within its limits', async () => {
      const before = await t.driver.stats(talks, never);
      const yes = await start(t.programs.yes);
      const busy = await t.driver.stats(quiet, never);
      expect(busy.pids).toBeGreaterThanOrEqual(2n);
      expect(busy).toMatchObject({ memoryLimitBytes: 64n << 20n, pidsLimit: 64n });
      expect(busy.memoryBytes).toBeGreaterThan(0n);
      expect(busy.memoryBytes).toBeLessThanOrEqual(busy.memoryLimitBytes);
      await yes.close();
      await until('work to count', async () => (await t.driver.stats(talks, never)).cpuNs > before.cpuNs);
    });

    it('need a program that runs', async () => {
      const id = await run(t.quiet);
      await t.driver.stop(id, 5_000, never);
      await expect(t.driver.stats(id, never)).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
      await expect(t.driver.stats(newId('instance'), never)).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
    });
  });
}
