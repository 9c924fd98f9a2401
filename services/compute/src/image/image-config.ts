import { constants } from 'node:os';
import { z } from 'zod';
import { errors } from '../errors';
import { refuseOtherPlatforms } from './platform';
import type { Platform } from './platform';

const strings = z.array(z.string()).nullish();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The parts of an image's configuration (OCI config.md, and Docker's, which is a superset) that are relied on. */
const schema = z.looseObject({
  os: z.string().max(64),
  architecture: z.string().max(64),
  variant: z.string().max(64).optional(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest).max(1000) }),
  config: z
    .looseObject({
      User: z.string().nullish(),
      Env: strings,
      Entrypoint: strings,
      Cmd: strings,
      WorkingDir: z.string().nullish(),
      StopSignal: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Volumes: z.record(z.string(), z.unknown()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});
export type ImageConfig = z.infer<typeof schema>;

/**
 * Reads an image's configuration, of an upload or from a registry. INVALID_ARGUMENT IMAGE_PLATFORM_UNSUPPORTED: it is
 * for another platform; IMAGE_CONFIG_INVALID: it is malformed, or its StopSignal is none. Whether the programs that it
 * names exist is not checked.
 */
export function usableConfig(json: string, wanted?: Platform): ImageConfig {
  const parsed = schema.safeParse(parse(json));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'it';
    throw errors.IMAGE_CONFIG_INVALID({ why: `${where}: ${issue?.message ?? 'is not valid'}` });
  }
  refuseOtherPlatforms([parsed.data], wanted);
  const signal = parsed.data.config?.StopSignal;
  if (signal && !isSignal(signal))
    throw errors.IMAGE_CONFIG_INVALID({
      why: `its StopSignal ${JSON.stringify(signal.slice(0, 40))} is no signal of Linux`,
    });
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
    throw errors.IMAGE_CONFIG_INVALID({ why: 'it is no JSON' });
  }
}
