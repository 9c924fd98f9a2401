import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { closeSharedCloud } from './shared/shared-cloud';

/**
 * What neither stops a part of the cloud nor counts what others have made, on one cloud: starting one costs more than
 * most of these take. One of them alone: scripts/test.sh test/system/shared -t viewer
 */
const folder = join(__dirname, 'shared');
const parts = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => name !== 'shared-cloud');

jest.setTimeout(900_000); // the Go client's part compiles gRPC, where nobody has before
afterAll(closeSharedCloud);

describe.each(parts)('%s', (part) => void jest.requireActual(join(folder, part)));
