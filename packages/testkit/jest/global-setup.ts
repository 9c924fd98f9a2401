import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One directory a run for whatever tests start; engines start in it only when a test asks for them. */
export default function globalSetup(): void {
  process.env['THECLOUD_TEST_DIR'] = mkdtempSync(join(tmpdir(), 'thecloud-test-'));
}
