import { z } from 'zod';
import { argument, folded, text, user, variable, volume, workingDir } from './config-fields';
import { platformSchema } from './platform';

/** What Linux takes of arguments and variables together is 2 MiB; an instance adds its own. */
const MAX_ARGUMENTS_BYTES = 1024 * 1024;
const MAX_VOLUMES = 100;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const flag = z.boolean().nullish();
const integer = z.int().nullish();
const name = z.string().nullish();
const time = z.iso.datetime({ offset: true }).nullish();
/** Go reads a set of strings from an object whose values are objects. */
const member = z.looseObject({}).nullable();
const listOf = (item: z.ZodString) => z.array(item).nullish();
/** Docker takes a string for a list of one. */
const oneOrMore = (item: z.ZodString) => z.union([z.array(item), item]).nullish();

/** Every field that Docker decodes of how a program runs. One of another type fails the pull. */
const types = {
  User: name,
  Env: listOf(z.string()),
  Entrypoint: oneOrMore(z.string()),
  Cmd: oneOrMore(z.string()),
  WorkingDir: name,
  StopSignal: name,
  StopTimeout: integer,
  Volumes: z.record(z.string(), member).nullish(),
  ExposedPorts: z.record(z.string(), member).nullish(),
  Labels: z.record(z.string(), z.string().nullable()).nullish(),
  Healthcheck: z
    .looseObject({
      Test: listOf(z.string()),
      Interval: integer,
      Timeout: integer,
      StartPeriod: integer,
      StartInterval: integer,
      Retries: integer,
    })
    .nullish(),
  Shell: oneOrMore(z.string()),
  OnBuild: listOf(z.string()),
  Hostname: name,
  Domainname: name,
  MacAddress: name,
  Image: name,
  ArgsEscaped: flag,
  NetworkDisabled: flag,
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
};

/** In nanoseconds; 0 is Docker's default. Docker's API takes none below 1 ms, of an image it would. */
const interval = z
  .int()
  .refine((ns) => ns === 0 || ns >= 1_000_000, 'must be 0 or at least 1000000 (1 ms)')
  .nullish();

const healthcheck = z.looseObject({
  Test: listOf(text),
  Interval: interval,
  Timeout: interval,
  StartPeriod: interval,
  StartInterval: interval,
  Retries: z.int().min(0).nullish(),
});

/** config: what an instance runs with, so its values must be ones that a host can use. */
const execution = z
  .looseObject({
    ...types,
    User: user,
    Env: listOf(variable),
    Entrypoint: oneOrMore(argument),
    Cmd: oneOrMore(argument),
    WorkingDir: workingDir,
    StopSignal: z.string().max(64).nullish(),
    Volumes: z
      .record(volume, member)
      .refine((all) => Object.keys(all).length <= MAX_VOLUMES, `must name at most ${MAX_VOLUMES}`)
      .nullish(),
    ExposedPorts: z.record(text, member).nullish(),
    Healthcheck: healthcheck.nullish(),
    Shell: oneOrMore(text),
    OnBuild: listOf(text),
    Hostname: text.nullish(),
    Domainname: text.nullish(),
    MacAddress: text.nullish(),
    Image: text.nullish(),
  })
  .refine(
    ({ Env: env, Entrypoint: entrypoint, Cmd: cmd }) =>
      [env, entrypoint, cmd].flatMap((list) => list ?? []).reduce((sum, item) => sum + item.length + 9, 0) <=
      MAX_ARGUMENTS_BYTES,
    'Env, Entrypoint and Cmd together must be smaller than 1 MiB',
  );

/** container_config: how the last layer was built. Docker decodes it, in any case of letters, and uses none of it. */
const builtWith = z.record(z.string(), z.unknown()).superRefine((fields, ctx) => {
  for (const [key, value] of Object.entries(fields)) {
    const [, type] = Object.entries(types).find(([known]) => folded(known) === folded(key)) ?? [];
    if (type && !type.safeParse(value).success)
      ctx.addIssue({ code: 'custom', path: [key], message: 'is not of the type that Docker reads' });
  }
});

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
  // Docker leaves diff_ids out of an image without layers.
  rootfs: z.looseObject({
    type: z.literal('layers'),
    diff_ids: z
      .array(digest)
      .max(1000)
      .nullish()
      .transform((ids) => ids ?? []),
  }),
  config: execution.nullish(),
  container_config: builtWith.nullish(),
});
export type ImageConfig = z.infer<typeof configSchema>;

/** By the path of the object: its fields as Docker spells them. It decodes a field in any case. */
export const KNOWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configSchema.shape),
  config: Object.keys(types),
  rootfs: ['type', 'diff_ids'],
  'config.Healthcheck': Object.keys(healthcheck.shape),
};
