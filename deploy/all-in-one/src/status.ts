import { readPidFile } from '@thecloud/engines';
import { endingCertificates } from './certify';
import { enginePlaces } from './engines';
import { readInstallation } from './installation';
import { engineTroubles } from './keep-engines';
import { layoutFrom } from './layout';
import { portOf } from './ports';
import { readPlan, supervisorPid, unready } from './processes';
import { runVerb } from './progress';
import { opsPort } from './services';

/** Says of every process whether it runs and whether it is ready; changes nothing. */
async function status(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  if (!installation) {
    process.stdout.write('Not installed. Start it with: make up\n');
    return;
  }
  const rows = [['NAME', 'PID', 'STATE', 'WHERE']];
  const engines = enginePlaces(layout, installation).map(({ engine }) => engine);
  for (const engine of engines) {
    const ready = await engine.ready();
    const pid = engine.pid() ?? (ready ? 'not ours' : '-');
    rows.push([engine.name, String(pid), ready ? 'ready' : 'down', engine.endpoint]);
  }
  const supervisor = supervisorPid(layout);
  rows.push(['supervisor', String(supervisor ?? '-'), supervisor ? 'running' : 'down', '']);
  for (const { name, services } of readPlan(layout)?.processes ?? []) {
    const pid = readPidFile(layout.pidFile(name))?.pid;
    for (const service of services) {
      const why = await unready(portOf(installation.ports, opsPort(service)));
      const state = why === undefined ? 'ready' : pid === undefined ? 'down' : `waits for ${why}`;
      const label = service === name ? service : `${service} (${name})`;
      rows.push([label, String(pid ?? '-'), state, `127.0.0.1:${portOf(installation.ports, service)}`]);
    }
  }
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
  if (supervisor)
    for (const trouble of engineTroubles(
      layout,
      engines.map(({ name }) => name),
    ))
      process.stdout.write(`${trouble}\n`);
  for (const note of endingCertificates(layout)) process.stdout.write(`${note}\n`);
}

runVerb(status);
