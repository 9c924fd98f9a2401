import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import '@thecloud/agent';
import { HOST_REASONS, IMAGE_REASONS, INSTANCE_REASONS } from '@thecloud/compute';
import '@thecloud/gateway';
import '@thecloud/identity';
import { catalogueLines } from '@thecloud/kernel';

const page = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');

it.each(catalogueLines().map((line) => [line.reason, line] as const))(
  'docs/errors.md explains %s as it is',
  (reason, { code, example }) => {
    expect(page).toContain(`| \`${reason}\` | ${code} | ${example.replaceAll('|', '\\|')} |`);
  },
);

it('explains nothing that does not exist', () => {
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((m) => m[1]);
  const states = [INSTANCE_REASONS, IMAGE_REASONS, HOST_REASONS].flatMap((reasons) => Object.keys(reasons));
  const real = [...catalogueLines().map((l) => l.reason), ...states];
  expect(documented.sort()).toEqual(real.sort());
});

it('gives every reason one meaning', () => {
  const seen = catalogueLines().map((l) => `${l.domain}/${l.reason}`);
  expect(new Set(seen).size).toBe(seen.length);
});
