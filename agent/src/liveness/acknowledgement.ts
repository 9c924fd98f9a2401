/** Compute's answer to a hello or a beat. */
export interface Acknowledgement {
  /** When what it answers was sent, on the clock of `uptimeMs`. */
  readonly sentAtMs: number;
  /** To a hello: the generation of each order there was when it was sent, by the thing's key. */
  readonly greeted?: ReadonlyMap<string, number>;
  readonly fenceAfterMs: number;
  /** To a hello: the ids of all that is placed on this host. */
  readonly placed?: ReadonlySet<string>;
}

/** What must be told of every answer, before anything relies on it. */
export interface FencePort {
  readonly armedMs: number;
  orders(): ReadonlyMap<string, number>;
  /** False: a hello is needed. */
  acknowledged(answer: Acknowledgement): Promise<boolean>;
}
