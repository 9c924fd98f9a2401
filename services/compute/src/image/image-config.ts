import { constants } from 'node:os';
import { errors } from '../errors';
import { folded } from './config-fields';
import { configSchema, KNOWN_FIELDS } from './config-schema';
import type { ImageConfig } from './config-schema';
import { platformSchema, refuseOtherPlatforms } from './platform';
import type { Platform } from './platform';

/** Real ones have six levels. */
const MOST_DEPTH = 100;

/**
 * Reads an image's configuration, of an upload or from a registry. INVALID_ARGUMENT IMAGE_PLATFORM_UNSUPPORTED: it is
 * for another platform; IMAGE_CONFIG_INVALID: no host could start it, whatever is in its layers. Whether the programs
 * and users that it names exist is not checked.
 */
export function usableConfig(json: string, wanted?: Platform): ImageConfig {
  const value = parse(json);
  const platform = platformSchema.safeParse(value);
  if (platform.success) refuseOtherPlatforms([platform.data], wanted);
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map((part) => shown(String(part))).join('.') || 'it';
    const why = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
    throw invalid(`${where}: ${why ?? 'is not valid'}`);
  }
  refuseAmbiguous(json, value);
  refuseLongHistory(parsed.data);
  const signal = parsed.data.config?.StopSignal;
  if (signal && !isSignal(signal))
    throw invalid(`its StopSignal ${JSON.stringify(signal.slice(0, 40))} is no signal of Linux`);
  return parsed.data;
}

/** As Docker reads STOPSIGNAL: a number, or a name with or without SIG, in any case, RTMIN+1 and RTMAX-1 too. */
export function isSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= 64;
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (/^(RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?|CLD)$/.test(name)) return true;
  return `SIG${name}` in constants.signals && name !== 'UNUSED';
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw invalid('it is no JSON');
  }
}

/** What Docker would read otherwise than we do: a field in other letters ("env"), and one that is there twice. */
function refuseAmbiguous(json: string, value: unknown): void {
  for (const [at, known] of Object.entries(KNOWN_FIELDS)) {
    const found = at.split('.').reduce<unknown>((v, key) => (key ? (v as never)?.[key] : v), value);
    for (const key of Object.keys(found ?? {})) {
      const meant = known.find((field) => folded(field) === folded(key));
      if (meant && meant !== key) throw invalid(`${shown(key)} is spelled ${meant}`);
    }
  }
  const named = [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;
  if (named !== keysIn(value)) throw invalid('it has one field twice');
}

/** Docker takes no image with a step of its history that made a layer which is not there. */
function refuseLongHistory({ history, rootfs }: ImageConfig): void {
  const made = (history ?? []).filter((step) => !step.empty_layer).length;
  const layers = rootfs.diff_ids.length;
  if (made > layers)
    throw invalid(
      `its history has ${made} steps that are not marked empty_layer, but it has ${layers} layers`,
    );
}

function keysIn(value: unknown): number {
  let keys = 0;
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) throw invalid('it is nested too deeply');
    const holders = level.filter((item): item is object => typeof item === 'object' && item !== null);
    for (const holder of holders) if (!Array.isArray(holder)) keys += Object.keys(holder).length;
    level = holders.flatMap((holder) => Object.values(holder) as unknown[]);
  }
  return keys;
}

/** Of a name that a tenant chose, what can be told in a sentence. */
const shown = (name: string) => name.slice(0, 100).replace(/\p{Cc}/gu, '?');

const invalid = (why: string) => errors.IMAGE_CONFIG_INVALID({ why });
