import { Cloud, type SocketLike } from '@thecloud/sdk';
import { WebSocket, type ClientOptions } from 'ws';
import type { Connection } from './connection';
import type { Io } from './io';
import { serverUrl } from './server-url';
import { version } from './version';

/** A server that does not answer a farewell must not keep this program, in milliseconds. */
const farewell: ClientOptions & { closeTimeout: number } = { closeTimeout: 2_000 };

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
    // Unlike the platform's it shows why it was refused, and lets the cloud wait while a pager is not read.
    webSocket: (url, protocols) => new WebSocket(url, protocols, farewell) as SocketLike,
  });
}
