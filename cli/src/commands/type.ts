import type { InstanceType } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { addNoun, addVerb } from '../noun';
import { vcpus, type View } from '../output';

// A catalogue and no resource: a type is known by its name alone.
const types: View<InstanceType> = {
  id: (type) => type.name,
  columns: [
    { title: 'NAME', value: (type) => type.name },
    { title: 'VCPUS', value: (type) => vcpus(type.cpu_millicores, type.vcpus) },
    { title: 'MEMORY MIB', value: (type) => type.memory_mib },
    { title: 'DESCRIPTION', value: (type) => type.description },
  ],
};

export function addInstanceTypes(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'type', {
    summary: 'Sizes an instance can have',
    aliases: ['types', 'instance-type'],
    examples: ['cloud type list'],
  });
  const list = addVerb(noun, 'list', {
    summary: 'Lists instance types',
    aliases: ['ls'],
    examples: ['cloud type list', 'cloud type list --sort memory-mib:desc'],
  });
  addLayoutOptions(list, types).action(async (layout: Layout) => {
    const answer = await (await cli.cloud()).instanceTypes.list().page();
    const instance_types = sorted(types, answer.instance_types ?? [], layout);
    cli.printList(types, instance_types, { ...answer, instance_types }, layout);
  });
  addVerb(noun, 'show <type>', {
    summary: 'Shows one instance type',
    aliases: ['get'],
    examples: ['cloud type show basic-1'],
  }).action(async (name: string) => {
    cli.printOne(types, await (await cli.cloud()).instanceTypes.get(name));
  });
}
