import type { Command } from 'commander';
import type { Cli } from '../cli';
import { credential, hosts } from '../doctor/account';
import type { Finding } from '../doctor/finding';
import { configFile, program as thisProgram } from '../doctor/local';
import { certificate, server, serverVersion } from '../doctor/server';
import { exitCodes, ProgramExit } from '../exit-codes';
import { addVerb } from '../noun';
import { isData, printable, renderData, type View } from '../output';
import { serverUrl } from '../server-url';

const findings: View<Finding> = {
  id: (finding) => finding.check,
  columns: [
    { title: 'CHECK', value: (finding) => finding.check },
    { title: 'STATE', state: true, value: (finding) => finding.state },
    { title: 'FOUND', value: (finding) => finding.message },
  ],
};

export function addDoctor(program: Command, cli: Cli): void {
  addVerb(program, 'doctor', {
    summary: 'Checks this machine, the way to the cloud and the cloud itself, and says what to do',
    notes:
      'It looks at the configuration file, the API and the services and engines behind it, certificate, clock, ' +
      'versions, your credential and, for administrators, every host. With a failure it ends with exit code 1; ' +
      'warnings alone are no failure. -q prints only the names of checks that are not ok.',
    examples: ['cloud doctor', 'cloud doctor --context production -o json'],
  }).action(async () => {
    const all = await examine(cli);
    const { format, quiet, query } = cli.style;
    const wrong = all.filter(({ state }) => state === 'failed' || state === 'warning');
    if (quiet) cli.io.stdout.write(wrong.map(({ check }) => `${check}\n`).join(''));
    else if (isData(format)) cli.io.stdout.write(renderData({ findings: all }, format, query));
    else cli.printList(findings, all, all);
    if (!quiet && !isData(format) && format !== 'name') {
      for (const { check, advice } of wrong) cli.io.stdout.write(`→ ${printable(`${check}: ${advice}`)}\n`);
    }
    if (all.some(({ state }) => state === 'failed')) throw new ProgramExit(exitCodes.unexpected);
  });
}

/** Everything that can be found out, in the order in which one thing stands on another. */
async function examine(cli: Cli): Promise<Finding[]> {
  const file = await configFile(cli.io.env); // before anything reads, and closes, it
  const url = serverUrl(await cli.server());
  const api = await server(url, cli.io.signal);
  const found = [thisProgram(), file, ...api, await certificate(url)];
  if (api[0]?.state !== 'ok') return found;
  return [...found, await serverVersion(url, cli.io.signal), await credential(cli), ...(await hosts(cli))];
}
