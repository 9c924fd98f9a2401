import { usageError } from './exit-codes';

/** The address of a server, checked. */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw usageError(`"${text}" is not the URL of a server.`, 'It looks like http://127.0.0.1:8080');
}
