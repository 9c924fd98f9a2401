import { InvalidArgumentError } from 'commander';

// Readers of option values, for commander: each throws an InvalidArgumentError that says what is accepted.

/** A whole number within bounds, inclusive. */
export const integer = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  }
  return value;
};

/** Gathers a repeatable option's values. */
export const repeated = (text: string, before: readonly string[] = []) => [...before, text];

/** KEY=VALUE, repeatable. */
export function pair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like KEY=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** KEY=VALUE, or KEY alone to pass on the variable of the caller's environment; repeatable. */
export const envPair =
  (env: Readonly<Record<string, string | undefined>>) =>
  (text: string, before: Record<string, string> = {}): Record<string, string> => {
    if (text.includes('=')) return pair(text, before);
    const value = env[text];
    if (value === undefined)
      throw new InvalidArgumentError(`It has no "=", and no variable ${text} is set here.`);
    return { ...before, [text]: value };
  };

export interface Port {
  container_port: number;
  /** 0: the cloud chooses. */
  host_port: number;
  protocol: 'tcp' | 'udp';
}

/** [HOST:]CONTAINER[/tcp|/udp], repeatable: "8080:80", "53:53/udp", "80". */
export function port(text: string, before: readonly Port[] = []): Port[] {
  const match = /^(?:(\d{1,5}):)?(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  const host_port = Number(match?.[1] ?? 0);
  const container_port = Number(match?.[2] ?? 0);
  if (!match || host_port > 65_535 || container_port < 1 || container_port > 65_535) {
    throw new InvalidArgumentError('It must look like 8080:80, 53:53/udp, or 80 for any free host port.');
  }
  return [...before, { container_port, host_port, protocol: match[3] === 'udp' ? 'udp' : 'tcp' }];
}

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A moment that was, as RFC 3339: from "30s", "90m", "12h", "30d", or a date and time. */
export function past(text: string): string {
  const span = /^(\d{1,6})([smhdw])$/.exec(text);
  const time = span ? Date.now() - Number(span[1]) * (unitMs[span[2] ?? ''] ?? 0) : Date.parse(text);
  if (!/^\d/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError('It must look like 10m, 12h or 2030-12-31T12:00:00Z.');
  }
  return new Date(time).toISOString();
}

/** A moment to come, as RFC 3339: from "90m", "12h", "30d", "4w", or a date and time. */
export function moment(text: string): string {
  const span = /^(\d{1,6})([mhdw])$/.exec(text);
  const time = span ? Date.now() + Number(span[1]) * (unitMs[span[2] ?? ''] ?? 0) : Date.parse(text);
  if (!/^\d/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError('It must look like 12h, 30d or 2030-12-31T12:00:00Z.');
  }
  return new Date(time).toISOString();
}
