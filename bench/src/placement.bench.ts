import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsFolder } from '@thecloud/compute';
import { freePort, postgres, postgresSocketDirectory } from '@thecloud/engines';
import { ensureSecrets, issueEngineCertificate } from '@thecloud/identity';
import { migrate } from '@thecloud/service-kit';
import type { Area, OpenArea } from './area';
import { empty, verify } from './placement/fleet';
import type { PlacementSamples } from './placement/timing';
import { Helper } from './processes';
import { median } from './statistics';

/** 10,000 instances onto 1,000 simulated hosts, from an empty fleet, in a PostgreSQL of its own; verified afterwards. */
export const placement: Area = { name: 'placement', open };

async function open(): Promise<OpenArea> {
  const dir = mkdtempSync(join(tmpdir(), 'thecloud-bench-'));
  const [port, password] = [await freePort(), randomBytes(16).toString('hex')];
  const secretsDir = join(dir, 'secrets');
  const { caFile } = await ensureSecrets(secretsDir);
  const tls = await issueEngineCertificate({ secretsDir, outDir: join(dir, 'tls'), name: 'postgres' });
  const engine = postgres({ dir, port, password, tls });
  const helper = (name: string) => new Helper(join(__dirname, `placement/${name}.js`));
  const [ours, peer] = [helper('ours'), helper('peer')];
  const close = async () => {
    await Promise.all([ours.end(), peer.end()]);
    await engine.destroy();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await engine.start();
    const ca = readFileSync(caFile, 'utf8');
    const adminUrl = engine.endpoint;
    await migrate({ adminUrl, adminPassword: password, ca, service: 'compute', password, migrationsFolder });
    const admin = {
      host: postgresSocketDirectory(dir),
      port,
      user: 'postgres',
      password,
      database: 'postgres',
    };
    const url = `postgresql://thecloud_compute@127.0.0.1:${port}/postgres`;
    const place = async (by: Helper, access: object) => {
      const fleet = await empty(admin);
      const samples = await by.ask<PlacementSamples>({ ...access, ...fleet });
      await verify(admin);
      return samples;
    };
    return {
      close,
      measurements: [
        {
          rows: [
            { name: 'placement', series: 'rate', of: median, unit: '1/s', better: 'higher' },
            { name: 'placement.evenness', series: 'evenness', of: median, unit: 'x', better: 'higher' },
          ],
          rounds: 15, // the thousands that are compared take a tenth of a second each
          ours: () => place(ours, { database: { url, password, ca } }),
          peer: () => place(peer, { postgres: admin }),
        },
      ],
    };
  } catch (error) {
    await close();
    throw error;
  }
}
