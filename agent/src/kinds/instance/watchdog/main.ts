import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { look } from './watch';

const EVERY_MS = 1_000;

/**
 * The watchdog: `node main.js <agent's data directory> <Docker's socket> <host id>`. It outlives the agent, knows nothing
 * but the deadline the agent has written, and ends when that directory is gone.
 */
async function main(): Promise<void> {
  const [dataDir = '', socketPath = '', hostId = ''] = process.argv.slice(2);
  outliveMemoryPressure();
  say('watching');
  let trouble = '';
  while (existsSync(dataDir)) {
    try {
      const killed = await look({ dataDir, socketPath, hostId });
      if (killed.length > 0) say(`this host has been silent for too long: killed ${killed.join(', ')}`);
      trouble = '';
    } catch (error) {
      if (String(error) !== trouble) say(`cannot look, trying again: ${String(error)}`);
      trouble = String(error);
    }
    await pause(EVERY_MS);
  }
}

/** The last process that the kernel should end when memory is short. */
function outliveMemoryPressure(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '-900');
  } catch {
    // Not root: then it is as likely to be ended as any other.
  }
}

function say(msg: string): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'watchdog', msg })}\n`);
}

void main();
