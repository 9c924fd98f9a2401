// What a test run says in the end.
//   test-summary.mjs failed-files REPORT            the files worth a second try, if they are few; else exit code 1
//   test-summary.mjs summary REPORT STATUS [AGAIN]  the one line that continuous integration reads
import { existsSync, readFileSync } from 'node:fs';

/** More failing files than this are no accident of a busy machine. */
const FEW = 3;

const [verb, report, status, again] = process.argv.slice(2);
const read = (file) => (file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
const failures = (run) => run.testResults.filter((file) => file.status === 'failed');
// A suite that cannot load has no tests to fail, and counts as one.
const count = (run) => run.numFailedTests + run.numRuntimeErrorTestSuites;

const first = read(report);
if (verb === 'failed-files') {
  const files = first ? failures(first).map((file) => file.name) : [];
  if (files.length === 0 || files.length > FEW) process.exit(1);
  console.log(files.join(' '));
} else if (first) summary(first, read(again));
else {
  console.error('jest wrote no report: it did not get as far as running tests');
  console.log('0 passed, 1 failed');
  process.exit(1);
}

function summary(run, second) {
  const broken = count(second ?? run);
  if (second) {
    const still = new Set(failures(second).map((file) => file.name));
    for (const { name } of failures(run))
      console.error(`${still.has(name) ? 'Failed twice' : 'Failed at first, passed alone'}: ${name}`);
  }
  // A coverage below the threshold fails no test, but the run.
  const covered = second ? enoughCovered() : broken > 0 || status === '0';
  if (!covered) console.error('Not enough is covered by tests: see jest.config.js.');
  const passed = run.numPassedTests + (second ? Math.max(0, run.numFailedTests - second.numFailedTests) : 0);
  const failed = broken + (covered ? 0 : 1);
  const skipped = run.numPendingTests + run.numTodoTests;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed === 0 ? 0 : 1);
}

function enoughCovered() {
  const measured = read('coverage/coverage-summary.json')?.total.lines.pct ?? 0;
  const [, wanted] =
    /coverageThreshold: \{ global: \{ lines: (\d+)/.exec(readFileSync('jest.config.js', 'utf8')) ?? [];
  return measured >= Number(wanted);
}
