import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

/** A place in the sources where a connection to an engine or another process is opened, or a call is made on it. */
export interface OutsideCall {
  readonly file: string;
  /** `new Pool`, `agent.raw.exec`, … */
  readonly what: string;
  /** What bounds it stands beside it. */
  readonly bounded: boolean;
}

/** What each library's connection must be opened with, so that every call on it has a deadline. */
const OPENING: Record<string, Record<string, readonly string[]>> = {
  etcd3: { Etcd3: ['defaultCallOptions', 'grpcOptions'] },
  pg: {
    Pool: ['query_timeout', 'connectionTimeoutMillis'],
    Client: ['query_timeout', 'connectionTimeoutMillis'],
  },
  nats: { connect: ['timeout', 'pingInterval'] },
};
const GRPC_CALLS = /^make(Unary|ClientStream|ServerStream|BidiStream)Request$/;

const root = join(__dirname, '../..');

export function sources(): Array<{ file: string; text: string }> {
  const all = globSync(
    ['{packages,services}/*/src/**/*.ts', '{agent,gateway,cli}/src/**/*.ts', 'deploy/*/src/**/*.ts'],
    {
      cwd: root,
    },
  );
  return all
    .filter((file) => !/\.(test|contract)\.ts$|\/(gen|fixtures)\/|^packages\/testkit\//.test(file))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

export function outsideCalls({ file, text }: { file: string; text: string }): OutsideCall[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imported = valueImports(source);
  const found: OutsideCall[] = [];
  const add = (what: string, bounded: boolean) => found.push({ file, what, bounded });
  const clients = new Set<string>();

  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) opening(node);
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
      call(node, node.expression);
    ts.forEachChild(node, visit);
  };
  const opening = (node: ts.NewExpression | ts.CallExpression) => {
    const name = lastName(node.expression);
    const wanted = OPENING[imported.get(name) ?? '']?.[name];
    if (wanted && ts.isIdentifier(node.expression))
      add(
        `${ts.isNewExpression(node) ? 'new ' : ''}${name}`,
        wanted.every((option) => namesOption(source, node, option)),
      );
    if (!ts.isNewExpression(node) || !/^[A-Z]\w*ServiceClient$/.test(name)) return;
    add(`new ${name}`, false);
    if (ts.isVariableDeclaration(node.parent)) clients.add(node.parent.name.getText());
  };
  const call = (
    node: ts.CallExpression,
    { expression: on, name: { text: name } }: ts.PropertyAccessExpression,
  ) => {
    if (GRPC_CALLS.test(name)) add(name, namesOption(source, node, 'deadline'));
    else if (ts.isPropertyAccessExpression(on) && on.name.text === 'raw')
      add(`raw.${name}`, namesOption(source, node, 'deadline'));
    else if (clients.has(on.getText()) && name !== 'close')
      add(`${on.getText()}.${name}`, namesOption(source, node, 'deadline'));
    else if (name === 'stream') clients.add(parameterOf(node.arguments[0]));
    else if (name === 'watch' && /\betcd(\(\))?$/.test(on.getText())) add('etcd.watch', false);
  };
  visit(source);
  return found;
}

/** "client" of `agent.stream((client) => client.exec(…))`. */
const parameterOf = (node: ts.Expression | undefined): string =>
  node && ts.isArrowFunction(node) ? (node.parameters[0]?.name.getText() ?? '') : '';

/** Local name -> module, of what is imported to be used and not only as a type. */
function valueImports(source: ts.SourceFile): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const names = statement.importClause?.namedBindings;
    if (names && ts.isNamedImports(names))
      for (const { name, isTypeOnly } of names.elements)
        if (!isTypeOnly && !statement.importClause?.isTypeOnly)
          found.set(name.text, statement.moduleSpecifier.text);
  }
  return found;
}

const lastName = (node: ts.Expression): string =>
  ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();

/** Is it a property of an object among the arguments, or of one that a variable of this file holds? */
function namesOption(
  source: ts.SourceFile,
  node: ts.NewExpression | ts.CallExpression,
  option: string,
): boolean {
  const has = (object: ts.Node | undefined): boolean => {
    if (!object) return false;
    if (ts.isAsExpression(object)) return has(object.expression);
    if (ts.isObjectLiteralExpression(object))
      return object.properties.some((p) => p.name?.getText() === option && !isUnbounded(p));
    return ts.isIdentifier(object) && declared(source, object.text).some(has);
  };
  return (node.arguments ?? []).some(has);
}

/** `deadline: undefined` and the like: the option stands there and bounds nothing. */
function isUnbounded(property: ts.ObjectLiteralElementLike): boolean {
  const value = ts.isPropertyAssignment(property) ? property.initializer.getText() : property.name?.getText();
  return /^(undefined|null|void 0|0|-1|(Number\.)?(Infinity|POSITIVE_INFINITY|MAX_SAFE_INTEGER))$/.test(
    value ?? '',
  );
}

function declared(source: ts.SourceFile, name: string): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer)
      found.push(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
