import { z } from 'zod';
import { argument, text, user, variable, volume, workingDir } from './config-fields';
import { platformSchema } from './platform';

/** What Linux takes of arguments and variables together is 2 MiB; an instance adds its own. */
const MAX_ARGUMENTS_BYTES = 1024 * 1024;
const MAX_VOLUMES = 100;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const flag = z.boolean().nullish();
const integer = z.int().nullish();
const time = z.iso.datetime({ offset: true }).nullish();
const strings = z.array(text).nullish();
const argumentList = z.array(argument).nullish();
/** Go reads a set of strings from an object whose values are objects. */
const member = z.looseObject({}).nullable();

/** In nanoseconds; 0 is Docker's default. Docker's API takes none below 1 ms, of an image it would. */
const interval = z
  .int()
  .refine((ns) => ns === 0 || ns >= 1_000_000, 'must be 0 or at least 1000000 (1 ms)')
  .nullish();

const healthcheck = z.looseObject({
  Test: strings,
  Interval: interval,
  Timeout: interval,
  StartPeriod: interval,
  StartInterval: interval,
  Retries: z.int().min(0).nullish(),
});

/** config: how a program runs. Every field that Docker decodes is here: one of another type fails the pull. */
const execution = z
  .looseObject({
    User: user,
    Env: z.array(variable).nullish(),
    Entrypoint: argumentList,
    Cmd: argumentList,
    WorkingDir: workingDir,
    StopSignal: z.string().max(64).nullish(),
    StopTimeout: integer,
    Volumes: z
      .record(volume, member)
      .refine((all) => Object.keys(all).length <= MAX_VOLUMES, `must name at most ${MAX_VOLUMES}`)
      .nullish(),
    ExposedPorts: z.record(text, member).nullish(),
    Labels: z.record(z.string(), z.string().nullable()).nullish(),
    Healthcheck: healthcheck.nullish(),
    Shell: strings,
    OnBuild: strings,
    Hostname: text.nullish(),
    Domainname: text.nullish(),
    MacAddress: text.nullish(),
    Image: text.nullish(),
    ArgsEscaped: flag,
    NetworkDisabled: flag,
    Tty: flag,
    OpenStdin: flag,
    StdinOnce: flag,
    AttachStdin: flag,
    AttachStdout: flag,
    AttachStderr: flag,
  })
  .refine(
    ({ Env: env, Entrypoint: entrypoint, Cmd: cmd }) =>
      [env, entrypoint, cmd].flatMap((list) => list ?? []).reduce((sum, item) => sum + item.length + 9, 0) <=
      MAX_ARGUMENTS_BYTES,
    'Env, Entrypoint and Cmd together must be smaller than 1 MiB',
  );

const history = z.looseObject({
  created: time,
  created_by: z.string().nullish(),
  author: z.string().nullish(),
  comment: z.string().nullish(),
  empty_layer: flag,
});

/** An image's configuration: OCI's config.md, and Docker's, which is a superset. */
export const configSchema = z.looseObject({
  ...platformSchema.shape,
  'os.version': z.string().nullish(),
  'os.features': z.array(z.string()).nullish(),
  created: time,
  author: z.string().nullish(),
  comment: z.string().nullish(),
  docker_version: z.string().nullish(),
  id: z.string().nullish(),
  parent: z.string().nullish(),
  container: z.string().nullish(),
  Size: integer,
  history: z.array(history).nullish(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest).max(1000) }),
  config: execution.nullish(),
  // How the layer before was built: decoded, too, and not used.
  container_config: execution.nullish(),
});
export type ImageConfig = z.infer<typeof configSchema>;

/** By the path of the object: its fields as Docker spells them. It decodes a field in any case. */
export const KNOWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configSchema.shape),
  config: Object.keys(execution.shape),
  container_config: Object.keys(execution.shape),
  rootfs: ['type', 'diff_ids'],
  'config.Healthcheck': Object.keys(healthcheck.shape),
};
