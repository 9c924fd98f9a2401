import type { JsonValue } from '@bufbuild/protobuf';

/** Bodies that work, by rpc. A test decodes each one. */
export const bodyExamples: Readonly<Record<string, JsonValue>> = {
  RegisterUser: { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' },
  CreateSession: { email: 'ada@example.com', password: 'correct horse battery' },
  CreateProject: { name: 'shop', labels: { team: 'web' } },
  AddMember: { email: 'grace@example.com', role: 'developer' },
  UpdateMember: { role: 'admin' },
  CreateApiKey: { name: 'deploy', role: 'developer' },
  CreateHost: { name: 'host-1' },
  CreateImage: { name: 'nginx', spec: { source: 'docker.io/library/nginx:1.27' } },
  CreateInstance: {
    name: 'web',
    labels: { app: 'shop' },
    spec: { type: 'nano-1', image: 'starter', ports: [{ container_port: 8080 }] },
  },
  UpdateInstance: { labels: { app: 'shop' }, spec: { env: { GREETING: 'hello' } } },
  ImportSshKey: {
    name: 'laptop',
    public_key:
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDfp7uPStTXGVrJ/gyJIG/p1i6Y9fRm7uUbdwipIXNkY ada@example.com',
  },
  RenameSshKey: { name: 'old-laptop' },
  StopInstance: { grace_seconds: 10 },
};
