import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** A command line of the documentation. */
export interface Documented {
  /** "docs/api.md:12": where it stands. */
  readonly at: string;
  readonly file: string;
  readonly text: string;
  /** What the documentation shows as its output; undefined: nothing is shown. */
  readonly output?: readonly string[];
}

/** Every command line in blocks of the shell, in the order in which a reader meets them. */
export function documented(): Documented[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const clients = globSync('{sdk,packages}/*/README.md', { cwd: root }).sort();
  const files = ['README.md', 'CONTRIBUTING.md', ...docs.sort().map((name) => `docs/${name}`), ...clients];
  return files.flatMap((file) => commandsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** Lines that end with a backslash go on. In a console block, commands begin with "$ " and the rest is output. */
function commandsOf(file: string, text: string): Documented[] {
  const found: { at: string; file: string; text: string; output?: string[] }[] = [];
  let language: string | undefined;
  let goesOn = false;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*)/.exec(line);
    if (fence) {
      language = language === undefined ? fence[1]! : undefined;
      continue;
    }
    if (language !== 'sh' && language !== 'bash' && language !== 'console') continue;
    const command = language === 'console' ? /^\$ (.*)$/.exec(line)?.[1] : line;
    const last = found.at(-1);
    if (goesOn && last) last.text += `\n${line}`;
    else if (command === undefined) last?.output?.push(line);
    else if (command.trim() !== '' && !command.trim().startsWith('#'))
      found.push({
        at: `${file}:${index + 1}`,
        file,
        text: command,
        ...(language === 'console' ? { output: [] } : {}),
      });
    else continue;
    goesOn = (command ?? line).endsWith('\\') && (command !== undefined || goesOn);
  }
  return found;
}

/** Why a command line is not run here: who runs it instead, or why only a person can. */
export const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^git clone /, 'it fetches this repository from the network'],
  [
    /^(sudo )?make (up|down|clean|status|logs|backup|restore|admin-password)\b/,
    'deploy/all-in-one/src/up.test.ts',
  ],
  [/^(sudo )?make (test|bench)\b/, 'it would run this test within itself, or take minutes'],
  [/^docker (ps -aq --filter label=thecloud|(image|volume) prune )/, 'it empties the Docker of this machine'],
  [/^make generate\b/, 'make check does it, and compares'],
  [
    /^(sudo )?(THECLOUD_\w+=('[^']*'|\S+) )?(scripts\/test\.sh|node_modules\/\.bin\/jest) /,
    'a test within a test',
  ],
  [/drizzle-kit generate /, 'it would write a migration'],
  [/^(scripts\/pnpm install|make build)$/, 'test/system/adding-a-service.test.ts does what they do'],
  [/^grpcurl /, 'test/system/shared/grpc.ts calls the same methods'],
  [/^bin\/cloud image import 127\.0\.0\.1:5000\//, "it takes an image from a registry of the reader's"],
  [/^pip install /, 'test/system/shared/sdk-python.ts'],
  [/^(cd sdk\/go|go mod (edit|tidy)\b)/, 'test/system/shared/sdk-go.ts'],
  [/^grep -h [0-9a-f-]{36} /, "it looks for the reader's own request in the logs of make up"],
];
