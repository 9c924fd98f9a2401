import { randomUUID } from 'node:crypto';

export interface Tenant {
  readonly projectId: string;
  readonly apiKey: string;
}

const CALL_MS = 30_000;

/** An account, a session, a key of its own project: as a newcomer makes them. */
export async function newTenant(url: string): Promise<Tenant> {
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  await call(url, 'POST', '/v1/users', {}, account);
  const { token } = await call<{ token: string }>(url, 'POST', '/v1/sessions', {}, account);
  const session = { authorization: `Bearer ${token}` };
  const { projects } = await call<{ projects: { metadata: { id: string } }[] }>(
    url,
    'GET',
    '/v1/projects',
    session,
  );
  const projectId = projects[0]?.metadata.id ?? '';
  const owner = { ...session, 'x-project-id': projectId };
  const key = { name: 'bench', role: 'owner' };
  const { secret } = await call<{ secret: string }>(url, 'POST', '/v1/api-keys', owner, key);
  return { projectId, apiKey: secret };
}

async function call<T>(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(CALL_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
