import { InvalidArgumentError } from 'commander';
import { compile, search } from 'jmespath';
import { usageError } from './exit-codes';
import { messageOf } from './thrown';

declare module 'jmespath' {
  /** Left out of its types. @throws when it is no expression */
  function compile(expression: string): unknown;
}

/** A JMESPath expression (https://jmespath.org): it chooses from what the API answers, and cannot run anything. */
export type Query = string;

/** Reads an option's value: refused before anything is asked, if it is no expression. */
export function queryOf(text: string): Query {
  try {
    compile(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(`It is no JMESPath expression: ${messageOf(error)}.`);
  }
}

/** null where the answer has nothing there. */
export function chosen(query: Query, answer: unknown): unknown {
  try {
    return (search(answer, query) as unknown) ?? null;
  } catch (error) {
    throw usageError(
      `--query ${query} does not fit this answer: ${messageOf(error)}.`,
      'See it with -o json.',
    );
  }
}

/**
 * For scripts: a text or number as it is, a list of them one a line, a list of lists a line each with tabs between;
 * anything else is JSON, and nothing is no line.
 */
export function plainText(value: unknown): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return `${word(value)}\n`;
  return value
    .map((item: unknown) => `${Array.isArray(item) ? item.map(word).join('\t') : word(item)}\n`)
    .join('');
}

function word(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
