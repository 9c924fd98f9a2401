import { Command, CommanderError, Option } from 'commander';
import { Cli } from './cli';
import * as registry from './commands/registry';
import { CliError, exitCodes, exitCodesHelp, ProgramExit, usageError } from './exit-codes';
import type { Io } from './io';
import { formats } from './output';
import { queryOf } from './query';
import { explain, inWords } from './problem';
import { shieldProgram } from './program-words';
import { version } from './version';

const epilogue = `
${exitCodesHelp}

Environment:
  THECLOUD_CONTEXT   context of the configuration to use
  THECLOUD_URL       address of the cloud, before the configuration's
  THECLOUD_API_KEY   API key, before the configuration's credential; it is sent to THECLOUD_URL, without that to the
                     context's cloud, and nowhere else
  THECLOUD_PROJECT   project (name or id), before the configuration's
  THECLOUD_CONFIG    configuration file (~/.config/thecloud/config.yaml)
  NO_COLOR           no colours
An option goes before the environment, the environment before the configuration.

Examples:
  $ cloud login
  $ cloud instance launch web --image starter --type nano-1 -p 8090:8080
  $ cloud instance list -o json
  $ cloud instance list --no-headers --columns name,state
  $ cloud instance show web --query status.ports[0].host_port
  $ cloud instance launch --help
  $ cloud help exit-codes
`;

/** Runs one command line (without the program's name) and answers with its exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = buildProgram(io);
  try {
    await program.parseAsync(shieldProgram(program, argv), { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    return report(error, io);
  }
}

/** The whole tree of commands. */
export function buildProgram(io: Io): Command {
  const program = new Command('cloud')
    .description('The Cloud: launches and manages what runs in your cloud.')
    .version(version, '--version', 'show the version')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(formats).default('table'))
    .addOption(
      new Option(
        '--query <expression>',
        'print only this of the answer (JMESPath; with -o json and -o yaml, too)',
      )
        .argParser(queryOf)
        .conflicts('quiet'),
    )
    .option('--no-headers', 'print tables of lists without their titles')
    .option('-q, --quiet', 'print ids only')
    .option('--context <name>', 'context of the configuration to use, instead of the current one')
    .option('--project <project>', 'project to work in (name or id), instead of the chosen one')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: true, subcommandTerm })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('See the options with --help.')
    .exitOverride()
    .addHelpText('after', epilogue);

  program.hook('preAction', () => {
    const { query, output } = program.opts<{ query?: string; output: string }>();
    if (query !== undefined && /^(wide|name)$/.test(output))
      throw usageError(`--query does not go with -o ${output}.`, 'Leave -o out, or use -o json or -o yaml.');
  });
  const cli = new Cli(io, program);
  for (const add of Object.values(registry)) add(program, cli);
  addHelp(program, io);
  return program;
}

// Aliases stand in each command's own help; in a list they only push the summaries away.
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((arg) => {
    const name = arg.variadic ? `${arg.name()}...` : arg.name();
    return arg.required ? ` <${name}>` : ` [${name}]`;
  });
  return command.name() + args.join('');
}

function addHelp(program: Command, io: Io): void {
  program
    .command('help [topic...]')
    .summary('Shows help on a command, or on exit-codes')
    .description('Shows help on a command, or on exit-codes.')
    .addHelpText('after', '\nExamples:\n  $ cloud help instance launch\n  $ cloud help exit-codes\n')
    .action((topic: string[]) => {
      if (topic.length === 1 && topic[0] === 'exit-codes') {
        io.stdout.write(`${exitCodesHelp}\n`);
        return;
      }
      let command = program;
      for (const word of topic) {
        const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
        if (!next)
          throw usageError(
            `There is no help on "${topic.join(' ')}".`,
            'See all commands with: cloud --help',
          );
        command = next;
      }
      command.outputHelp();
    });
}

/** Says what went wrong and what to do, on standard error. */
function report(thrown: unknown, io: Io): number {
  if (thrown instanceof ProgramExit) return thrown.exitCode;
  // Commander has written its message (or the help that was asked for) already.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const error = explain(thrown, io.signal);
  if (error instanceof ProgramExit) return error.exitCode;
  if (error instanceof CliError) {
    io.stderr.write(inWords(error));
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`Error: this is a fault of the program. Please report it.\n${text}\n`);
  return exitCodes.unexpected;
}
