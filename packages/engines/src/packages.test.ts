import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { missingPackages } from './packages';

test('agrees with the installation script, and this machine has everything', () => {
  const script = join(__dirname, '..', '..', '..', 'scripts', 'install-packages.sh');
  const printed = execFileSync(script, ['--missing'], { encoding: 'utf8' }).split(/\s+/).filter(Boolean);
  expect(printed).toEqual(missingPackages());
  expect(printed).toEqual([]);
});
