import { commonV1 } from '@thecloud/api';
import { projectOf } from '../context';
import type { Scope, Tx } from '../db/connection';
import type { Database } from '../db/database';
import { scopeOf } from '../db/kept-answers';
import { implement } from '../rpc/implement';
import { listOwned, purgeOwned } from './project-content';
import type { OwnedKind } from './project-content';

interface Needs {
  readonly db: Database;
  readonly kinds: readonly OwnedKind[];
  /** Lets nothing be made in the project from the commit on. */
  close(tx: Tx, projectId: string, requestedBy: string): Promise<void>;
  /** Of the transaction that closes: one in the project's own scope could not (see DatabaseOptions.enterProject). */
  readonly closingScope: Scope;
}

/** Handlers of ProjectContentService. */
export function projectContentRpc({ db, kinds, close, closingScope }: Needs) {
  return implement<commonV1.ProjectContentServiceServer>(commonV1.ProjectContentServiceService, {
    listOwned: async (ctx) => ({
      things: await db.read(scopeOf(ctx), (tx) => listOwned(tx, kinds, projectOf(ctx))),
    }),
    purgeProject: (ctx) =>
      db.write(closingScope, async (tx) => {
        await close(tx, projectOf(ctx), ctx.delegation?.requestedBy ?? '');
        return purgeOwned(tx, kinds, ctx, projectOf(ctx));
      }),
  });
}
