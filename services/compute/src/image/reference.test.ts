import { parseReference } from './reference';

const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['nginx', 'registry-1.docker.io', 'library/nginx', 'latest'],
  ['nginx:1.27', 'registry-1.docker.io', 'library/nginx', '1.27'],
  ['docker.io/nginx', 'registry-1.docker.io', 'library/nginx', 'latest'],
  ['docker.io/bitnami/redis:7', 'registry-1.docker.io', 'bitnami/redis', '7'],
  ['bitnami/redis', 'registry-1.docker.io', 'bitnami/redis', 'latest'],
  ['ghcr.io/acme/web:3', 'ghcr.io', 'acme/web', '3'],
  ['localhost/web', 'localhost', 'web', 'latest'],
  ['localhost:5000/a/b/c:x', 'localhost:5000', 'a/b/c', 'x'],
  ['127.0.0.1:5000/web', '127.0.0.1:5000', 'web', 'latest'],
  [`ghcr.io/acme/web@${digest}`, 'ghcr.io', 'acme/web', digest],
  [`ghcr.io/acme/web:3@${digest}`, 'ghcr.io', 'acme/web', digest],
])('reads %s', (text, registry, repository, version) => {
  expect(parseReference(text)).toEqual({ registry, repository, version });
});

it.each([
  ...['', ':', '/', 'a//b', 'nginx:', 'nginx@', 'nginx@sha256:12', 'UPPER', 'ghcr.io/Acme/web', 'a@b@c'],
  ...[
    '../../etc',
    'a/../b',
    'host:99999999/x',
    'example.com:99999/x',
    'example.com:0/x',
    '300.1.1.1/x',
    'nginx:a:b',
    `nginx@${digest}@${digest}`,
  ],
])('takes %p for none', (text) => {
  expect(parseReference(text)).toBeUndefined();
});
