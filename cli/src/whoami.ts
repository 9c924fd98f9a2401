import { CloudApiError, CloudConnectionError, type User } from '@thecloud/sdk';
import type { Cli } from './cli';
import type { Connection } from './connection';
import type { View } from './output';

/** Who one is, where, and in which project: the same shape for a person and for a program. */
interface Whoami {
  server: string;
  context: string;
  credential: 'session' | 'api_key';
  credential_source: 'configuration' | 'environment';
  /** null: an API key, which is no person. */
  user: User | null;
  /** null: none is chosen. */
  project: { id: string; name: string; role: string } | null;
}

const view = (who: Whoami, unseen: string | undefined): View<Whoami> => ({
  id: () => who.user?.id ?? who.project?.id ?? '',
  columns: [
    { title: 'USER', value: () => who.user?.email },
    { title: 'NAME', value: () => who.user?.name },
    { title: 'ID', value: () => who.user?.id },
    {
      title: 'ADMINISTRATOR',
      value: () => (who.user ? (who.user.platform_admin ? 'yes' : 'no') : undefined),
    },
    {
      title: 'PROJECT',
      value: () => unseen ?? (who.project ? `${who.project.name} (${who.project.id})` : undefined),
    },
    { title: 'ROLE', value: () => who.project?.role },
    { title: 'SERVER', value: () => who.server },
    { title: 'CONTEXT', value: () => who.context },
    {
      title: 'SIGNED IN BY',
      value: () => `${who.credential === 'session' ? 'session' : 'API key'} from ${who.credential_source}`,
    },
  ],
});

export async function whoami(cli: Cli): Promise<void> {
  const connection = await cli.connection();
  const { server, contextName: context, credentialKind, credentialSource } = connection;
  const cloud = await cli.cloud('user'); // refuses who is not signed in
  const isKey = credentialKind === 'API key';
  const user = isKey ? null : await cloud.users.getCurrent();
  const { project, unseen } = isKey
    ? { project: await keysProject(cli) }
    : await chosenProject(cli, connection);
  const credential = isKey ? 'api_key' : 'session';
  const credential_source = credentialSource ?? 'configuration';
  const who: Whoami = { server, context, credential, credential_source, user, project };
  cli.printOne(view(who, unseen), who);
}

/** A key sees the one project that it belongs to. */
async function keysProject(cli: Cli): Promise<Whoami['project']> {
  const [only] = (await (await cli.cloud('user')).projects.list().take(1)).items;
  return only ? { id: only.metadata.id, name: only.metadata.name, role: only.role } : null;
}

/** `unseen`: why what is chosen cannot be shown. Who one is does not depend on whether that still exists. */
async function chosenProject(
  cli: Cli,
  { projectWanted, projectId }: Connection,
): Promise<{ project: Whoami['project']; unseen?: string }> {
  const chosen = projectWanted ?? projectId;
  if (!chosen) return { project: null };
  try {
    const found = await (await cli.cloud('user')).projects.get(await cli.projectIdOf(chosen));
    return { project: { id: found.metadata.id, name: found.metadata.name, role: found.role } };
  } catch (error) {
    if (!isOfTheCloud(error)) throw error;
    return { project: null, unseen: `${chosen} (${error.message})` };
  }
}

export const isOfTheCloud = (error: unknown): error is CloudApiError | CloudConnectionError =>
  error instanceof CloudApiError || error instanceof CloudConnectionError;
