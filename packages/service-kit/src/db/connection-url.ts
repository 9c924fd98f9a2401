/** pg lets the URL win over a password given beside it, even where the URL has none: so it has to stand in the URL. */
export function withPassword(url: string, password: string | undefined): string {
  if (!password) return url;
  const complete = new URL(url);
  complete.password = encodeURIComponent(password);
  return complete.href;
}

/** Does it name a directory of sockets (`?host=/directory`)? Nobody can listen in on one: there is no TLS on it. */
export function isSocket(url: string): boolean {
  return new URL(url).searchParams.get('host')?.startsWith('/') ?? false;
}
