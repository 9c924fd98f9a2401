// error-docs.mjs [FILE]: writes docs/errors.md from the error catalogues of the compiled packages.
import { createRequire } from 'node:module';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const services = readdirSync(new URL('../services', import.meta.url))
  .filter((name) => existsSync(new URL(`../services/${name}/dist/manifest.js`, import.meta.url)))
  .map((name) => require(`../services/${name}/dist/manifest.js`).manifest);
for (const dir of ['agent', 'gateway']) require(`../${dir}/dist/errors.js`);
const { catalogueLines } = require('../packages/kernel');
require('../packages/kernel/dist/common-errors.js');

const byDomain = Map.groupBy(catalogueLines(), (line) => line.domain);
const owners = {
  thecloud: 'Any part',
  'gateway.thecloud': 'The HTTP gateway',
  ...Object.fromEntries(services.map(({ name, title }) => [`${name}.thecloud`, title])),
  'agent.thecloud': 'Between compute and a host (internal)',
};

const parts = [
  `# Errors

Generated from the error catalogues by \`make generate\`; do not edit.

Over HTTP an error is \`application/problem+json\` with \`reason\` (below, stable), \`code\` (the gRPC code), \`detail\`,
\`violations\` (one for each field at fault) and \`request_id\`. Over gRPC it is a status with \`google.rpc.ErrorInfo\`,
\`BadRequest\` and, where trying again makes sense, \`RetryInfo\` (HTTP: \`Retry-After\`).
What you may not do and may not know about answers exactly like what does not exist.
`,
];
for (const [domain, lines] of [...byDomain].sort(([a], [b]) => a.localeCompare(b))) {
  parts.push(`## ${owners[domain] ?? domain} (\`${domain}\`)\n\n| reason | code | says |\n|---|---|---|`);
  for (const { reason, code, example } of [...lines].sort((a, b) => a.reason.localeCompare(b.reason)))
    parts.push(`| \`${reason}\` | ${code} | ${example.replaceAll('|', '\\|')} |`);
  parts.push('');
}
const { INSTANCE_REASONS } = require('../services/compute/dist/instance/instance.advice.js');
parts.push(`## Why an instance fails or waits

In \`status.reason\` of an instance, and in \`error.reason\` of its operation, with what happened in \`message\` and what to do
in the operation's \`advice\`.

| reason | says | what to do |
|---|---|---|`);
for (const [reason, { says, advice }] of Object.entries(INSTANCE_REASONS))
  parts.push(`| \`${reason}\` | ${says} | ${advice} |`);
const { IMAGE_REASONS } = require('../services/compute/dist/image/image.advice.js');
parts.push(`
## Why an image fails or waits

In \`status.reason\` of an image, and in \`error.reason\` of its operation. An import may also fail for a reason above whose
code is INVALID_ARGUMENT.

| reason | says | what to do |
|---|---|---|`);
for (const [reason, { says, advice }] of Object.entries(IMAGE_REASONS))
  parts.push(`| \`${reason}\` | ${says} | ${advice} |`);
const { HOST_REASONS } = require('../services/compute/dist/host/host-reasons.js');
parts.push(`
## Why a host is not ready

In \`status.reason\` of a host, with what follows from it in \`message\`.

| reason | says | what to do |
|---|---|---|`);
for (const [reason, { says, advice }] of Object.entries(HOST_REASONS))
  parts.push(`| \`${reason}\` | ${says} | ${advice} |`);
writeFileSync(
  process.argv[2] ?? new URL('../docs/errors.md', import.meta.url),
  `${parts.join('\n').trimEnd()}\n`,
);
