// test-summary.mjs REPORT STATUS: ends a test run with the one line that continuous integration reads.
import { existsSync, readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
if (!report || !existsSync(report)) {
  console.error('jest wrote no report: it did not get as far as running tests');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } =
  JSON.parse(readFileSync(report, 'utf8'));
// A suite that cannot load has no tests to fail, and a coverage below the threshold fails none: each counts as one.
const broken = numFailedTests + numRuntimeErrorTestSuites;
const failed = broken === 0 && status !== '0' ? 1 : broken;
if (broken === 0 && failed === 1)
  console.error('All tests passed, but jest did not: see coverage thresholds above.');
const skipped = numPendingTests + numTodoTests;
console.log(`${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
