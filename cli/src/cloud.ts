import { Cloud } from '@thecloud/sdk';
import type { Connection } from './connection';
import type { Io } from './io';
import { serverUrl } from './server-url';
import { version } from './version';

/** The cloud as the connection's caller sees it; interrupting the program ends every call. */
export function openCloud(
  { server, credential, projectId }: Pick<Connection, 'server' | 'credential' | 'projectId'>,
  { signal }: Pick<Io, 'signal'>,
): Cloud {
  return new Cloud({
    url: serverUrl(server).href,
    apiKey: credential, // a session's token travels the same way
    project: projectId,
    signal,
    headers: { 'user-agent': `thecloud-cli/${version}` },
  });
}
