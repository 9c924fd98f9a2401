import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { addEnvOptions, variablesOf, type EnvOptions } from '../env-file';
import { addVerb, addWaitOptions, finish, type WaitOptions } from '../noun';
import { pair, port, type Port } from '../parse';
import { hostLossPolicies, instances, restartPolicies } from './instance-kind';

interface LaunchOptions extends WaitOptions, EnvOptions {
  image: string;
  type: string;
  entrypoint?: string;
  publish?: Port[];
  label?: Record<string, string>;
  restart?: (typeof restartPolicies)[number];
  onHostLoss?: (typeof hostLossPolicies)[number];
}

export function addLaunch(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'launch <name> [command...]', {
    summary: 'Launches an instance and waits until it runs',
    aliases: ['create', 'run'],
    notes:
      'A command after -- replaces the command of the image, and is handed to the entrypoint of the image, if it has one: --entrypoint replaces that, and "" takes it away.',
    examples: [
      'cloud instance launch web --image hello --type nano-1 -p 8081:80',
      'cloud instance launch job --image tools --type basic-1 --restart never -- /bin/sh -c "date; sleep 5"',
      'cloud instance launch tool --image tools --type nano-1 --entrypoint /bin/sleep -- 1000',
      'cloud instance launch db --image postgres --type standard-1 -e POSTGRES_PASSWORD --label app=shop',
      'cloud instance launch api --image shop --type basic-1 --env-file production.env -e LEVEL=debug',
    ],
  })
    .requiredOption('-i, --image <image>', 'image to start from (name or id)')
    .requiredOption('-t, --type <type>', 'size: see `cloud type list`');
  addSpecOptions(verb, cli);
  addWaitOptions(verb).action(async (name: string, command: string[], options: LaunchOptions) => {
    const spec = {
      type: options.type,
      image: options.image,
      entrypoint: options.entrypoint === undefined ? undefined : [options.entrypoint],
      command,
      env: variablesOf(options),
      ports: options.publish,
      restart_policy: options.restart,
      on_host_loss: options.onHostLoss,
    };
    const answer = await (await cli.cloud()).instances.create({ name, labels: options.label, spec });
    await finish(cli, instances, answer, `Launching ${name}`, options);
  });
}

/** The options that launch and update share. */
export function addSpecOptions(verb: Command, cli: Cli): Command {
  return addEnvOptions(verb, cli.io.env)
    .option('--entrypoint <program>', 'runs instead of the entrypoint of the image, without its command')
    .option(
      '-p, --publish <[host:]port[/udp]>',
      'port of the host that leads to one of the instance, repeatable',
      port,
    )
    .option('-l, --label <key=value>', 'label, repeatable', pair)
    .addOption(new Option('--restart <policy>', 'what to do when it ends').choices(restartPolicies))
    .addOption(
      new Option('--on-host-loss <policy>', 'what to do when its host is lost').choices(hostLossPolicies),
    );
}
