import type { Command } from 'commander';
import type { Cli } from '../cli';
import { stateOption } from '../completion/suggestions';
import { addList, addNoun, addRemove, addShow } from '../noun';
import { resolveId } from '../resource';
import { hosts } from './host';
import { images } from './image';
import { addCp } from './instance-cp';
import { addExec } from './instance-exec';
import { instances, instanceStates } from './instance-kind';
import { addLaunch } from './instance-launch';
import { addLogs } from './instance-logs';
import { addRestart, addStart, addStop } from './instance-power';
import { addStats } from './instance-stats';
import { addUpdate } from './instance-update';
import { addWait } from './instance-wait';

interface Filter {
  state?: string;
  type?: string;
  image?: string;
  host?: string;
}

export function addInstances(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'instance', {
    summary: 'Instances: programs that run in the cloud',
    aliases: ['instances', 'ins'],
    examples: ['cloud instance launch web --image starter --type nano-1 -p 8090:8080', 'cloud instance list'],
  });
  addLaunch(noun, cli);
  addList(
    noun,
    cli,
    instances,
    {
      examples: [
        'cloud instance list',
        'cloud instance ls --state running --label app=shop -q',
        'cloud instance ls --columns name,state,host --sort state,age:desc',
      ],
      byName: true,
    },
    async ({ state, type, image, host }: Filter) => ({
      ...{ state, type },
      image: image === undefined ? undefined : await resolveId(cli, images, image),
      host_id: host === undefined ? undefined : await resolveId(cli, hosts, host),
    }),
  )
    .addOption(stateOption(...instanceStates))
    .option('--type <type>', 'only those of this type')
    .option('--image <image>', 'only those of this image (name or id)')
    .option('--host <host>', 'only those on this host (name or id)');
  addShow(noun, cli, instances, { examples: ['cloud instance show web', 'cloud instance show web -o yaml'] });
  addStart(noun, cli);
  addStop(noun, cli);
  addRestart(noun, cli);
  addUpdate(noun, cli);
  addRemove(noun, cli, instances, {
    summary: 'Removes instances and frees their names, ports and capacity',
    examples: ['cloud instance rm web', 'cloud instance rm web worker --no-wait'],
  });
  addWait(noun, cli);
  addLogs(noun, cli);
  addExec(noun, cli);
  addCp(noun, cli);
  addStats(noun, cli);
}
