import type { Server } from '@grpc/grpc-js';

interface Handler {
  readonly path: string;
}

/**
 * Has calls of paths that nobody registered answered by `handlerFor`. grpc-js answers them itself, with a bare
 * UNIMPLEMENTED that says nothing of what there is, and offers no way to be asked; so its table is given a default.
 * Should it no longer have one of this form, callers get the bare answer.
 */
export function answerUnknownMethods(server: Server, handlerFor: (path: string) => Handler): void {
  const { handlers } = server as unknown as { handlers?: unknown };
  if (!(handlers instanceof Map)) return;
  const known = handlers as Map<string, Handler>;
  const get = known.get.bind(known);
  known.get = (path) => get(path) ?? handlerFor(path);
}
