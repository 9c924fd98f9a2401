// The one line that continuous integration reads: test-summary.mjs REPORT STATUS, after jest wrote REPORT and ended
// with STATUS. Exits 0 only if everything passed.
import { existsSync, readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
if (!existsSync(report)) {
  console.error('jest wrote no report: it did not get as far as running tests');
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const run = JSON.parse(readFileSync(report, 'utf8'));
slowest(run.testResults, 8);
for (const file of run.testResults) if (file.status === 'failed') console.error(`Failed: ${file.name}`);

// A suite that cannot load has no tests to fail, and counts as one.
const broken = run.numFailedTests + run.numRuntimeErrorTestSuites;
// A coverage below the threshold fails no test, but the run.
const covered = broken > 0 || status === '0';
if (!covered) console.error('Too little is covered by tests: see jest.config.js.');

const failed = broken + (covered ? 0 : 1);
const skipped = run.numPendingTests + run.numTodoTests;
console.log(`${run.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);

/** Where the time went: the whole run has a limit (docs/testing.md). */
function slowest(files, count) {
  const took = files.map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }));
  took.sort((a, b) => b.seconds - a.seconds);
  console.error('The slowest files:');
  for (const { name, seconds } of took.slice(0, count))
    console.error(`  ${seconds.toFixed(0).padStart(4)} s  ${name}`);
}
