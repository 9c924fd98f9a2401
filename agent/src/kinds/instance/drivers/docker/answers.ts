import type Docker from 'dockerode';
import { z } from 'zod';
import { UnexpectedAnswer } from '../docker-engine';

/**
 * What is read of Docker's answers, checked: the client passes on whatever it was sent, a text or half an object, and a
 * field that is not there would be a fault of ours somewhere else.
 */
const answer =
  <T>(schema: z.ZodType) =>
  (value: unknown): T => {
    const read = schema.safeParse(value);
    if (read.success) return read.data as T;
    throw new UnexpectedAnswer(z.prettifyError(read.error).split('\n')[0] ?? '');
  };

const words = z
  .record(z.string(), z.string())
  .nullish()
  .transform((all) => all ?? {});

/** GET /containers/{id}/json */
export const inspected = answer<Docker.ContainerInspectInfo>(
  z.looseObject({
    Id: z.string().min(1),
    State: z.looseObject({
      Status: z.string(),
      Running: z.boolean(),
      Paused: z.boolean(),
      OOMKilled: z.boolean(),
      Pid: z.int(),
      ExitCode: z.int(),
      StartedAt: z.string(),
      FinishedAt: z.string(),
    }),
    Config: z.looseObject({ Labels: words }),
    HostConfig: z.looseObject({ LogConfig: z.looseObject({ Type: z.string(), Config: words }) }),
    ExecIDs: z.array(z.string()).nullish(),
  }),
);

/** GET /containers/json */
export const listed = answer<Docker.ContainerInfo[]>(
  z.array(z.looseObject({ Id: z.string().min(1), State: z.string(), Labels: words })),
);

/** GET /version */
export const versioned = answer<Docker.DockerVersion>(
  z.looseObject({
    Version: z.string(),
    ApiVersion: z.string(),
    Components: z.array(z.looseObject({ Name: z.string(), Version: z.string() })).nullish(),
  }),
);

/** GET /exec/{id}/json */
export const execInspected = answer<Docker.ExecInspectInfo>(
  z.looseObject({ Running: z.boolean(), Pid: z.int(), ExitCode: z.int().nullable() }),
);

/** The id of what Docker says it made. */
export const madeId = answer<string>(z.string().min(1));
