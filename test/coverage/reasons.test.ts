import { readFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import '@thecloud/agent';
import '@thecloud/compute';
import '@thecloud/gateway';
import '@thecloud/identity';
import { catalogueLines } from '@thecloud/kernel';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const documented = new Set([...page.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map((m) => m[1]!));

/** Everything that runs in a cloud. */
const sources = globSync('{packages,services}/*/src/**/*.ts', { cwd: root })
  .concat(globSync('{agent,gateway,deploy/all-in-one}/src/**/*.ts', { cwd: root }))
  .filter((file) => !/\.(test|contract)\.ts$|\/(gen|fixtures|dist)\/|^packages\/(testkit|sdk)\//.test(file))
  .map((file) => ({
    file,
    tree: ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true),
  }));

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/** What `find` makes of the nodes of all sources, each with the file it is in. */
function all<T>(find: (node: ts.Node) => T | undefined): Array<readonly [T, string]> {
  return sources.flatMap(({ file, tree }) =>
    [...nodesOf(tree)].flatMap((node) => {
      const found = find(node);
      return found === undefined ? [] : [[found, file] as const];
    }),
  );
}
const literal = (node: ts.Node | undefined) => (node && ts.isStringLiteralLike(node) ? node.text : undefined);

it('reads the sources', () => {
  expect(sources.length).toBeGreaterThan(250);
});

it('every error is made by a catalogue, or comes from another process that made it so', () => {
  const made = all((node) =>
    ts.isNewExpression(node) && node.expression.getText() === 'CloudError' ? true : undefined,
  );
  expect([...new Set(made.map(([, file]) => file))].sort()).toEqual([
    'packages/kernel/src/errors.ts',
    'packages/service-kit/src/rpc/wire-errors.ts',
  ]);
});

it('every catalogue of the sources is one that docs/errors.md is made from', () => {
  const written = all((node) =>
    ts.isCallExpression(node) && node.expression.getText() === 'errorCatalogue'
      ? literal(node.arguments[0])
      : undefined,
  );
  const loaded = new Set(catalogueLines().map((line) => line.domain));
  expect([...new Set(written.map(([domain]) => domain))].sort()).toEqual([...loaded].sort());
});

/** What else looks like a reason in the sources, and what it is. */
const OTHER_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(E[A-Z]+|EAI_AGAIN|ERR_[A-Z_]+|HPE_[A-Z_]+|TC001)$/, 'a code of an error of Node, HTTP or SQL'],
  [/^(SIG)?(HUP|INT|QUIT|KILL|STOP|TERM|CONT|USR1|USR2)$/, 'a signal'],
  [/^(ALL|CHOWN|DAC_OVERRIDE|FOWNER|SETGID|SETUID|NET_BIND_SERVICE)$/, 'a capability of Linux'],
  [/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/, 'a method of HTTP'],
  [/^(BEGIN|COMMIT|ROLLBACK)$/, 'SQL'],
  [/^NONE$/, 'no health check, to Docker'],
  [
    /^(THECLOUD|NOOP|RATE|MAX|SERVED|OTEL|SSL)_[A-Z_]+$|^(HTTPS?|NO)_PROXY$|^(PATH|HOME|TMPDIR)$/,
    'a variable',
  ],
  [/^(NOT_)?SERVING$/, 'a state of grpc.health.v1'],
  [/^(ACCEPT|DOCKER|FORWARD)$/, 'a chain or a target of iptables'],
  [/^(CLI|GRPC|UTC|ECDSA|NATS|EVENTS|NAME|PID|STATE|WHERE|UNUSED)$/, 'a name or a heading'],
  [/^(ABORTED|ALREADY_EXISTS|FAILED_PRECONDITION|INVALID_ARGUMENT|NOT_FOUND|RESOURCE_EXHAUSTED)$/, 'a code'],
  [/^(CONFLICT|PROGRAM_MISSING|NOT_PERMITTED|NOT_READY)$/, 'why an engine of make up does not start'],
  [/^(IMAGE_ABSENT|NOT_RUNNING)$/, "a driver's answer to its agent, which acts on it"],
];

/** Constants, maps and the arms of conditions are literals, too: so no form of naming a reason gets by. */
it('every word in the sources that looks like a reason is in docs/errors.md, or is something else', () => {
  const words = all((node) => {
    const text = literal(node);
    return text && /^[A-Z][A-Z0-9]{2,}$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) ? text : undefined;
  });
  const known = (word: string) => documented.has(word) || OTHER_WORDS.some(([pattern]) => pattern.test(word));
  expect(words.filter(([word]) => !known(word))).toEqual([]);
  const unused = OTHER_WORDS.filter(([pattern]) => !words.some(([word]) => pattern.test(word)));
  expect(unused).toEqual([]);
});

it('every reason that stands in a status or an operation is in docs/errors.md', () => {
  const reasons = all((node) => {
    if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'reason') return undefined;
    const text = literal(node.initializer);
    return text && /^[A-Z][A-Z0-9_]+$/.test(text) ? text : undefined;
  });
  expect(reasons.length).toBeGreaterThan(3);
  expect(reasons.filter(([reason]) => !documented.has(reason))).toEqual([]);
});
