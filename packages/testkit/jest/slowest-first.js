const Sequencer = require('@jest/test-sequencer').default;

/** Files that take minutes. One that starts last is waited for by idle workers. */
const SLOW = [
  'test/system/crash.test.ts',
  'test/system/shared.test.ts',
  'deploy/all-in-one/src/up.test.ts',
  'test/system/openapi/openapi.test.ts',
  'test/system/host-loss.test.ts',
  'gateway/src/grpc/stock-tools.test.ts',
  'test/system/explain.test.ts',
];
const place = ({ path }) => SLOW.findIndex((end) => path.endsWith(end));

/** The slow files first, in the order told; then what Jest would begin with. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const slow = tests.filter((test) => place(test) >= 0).sort((a, b) => place(a) - place(b));
    const rest = tests.filter((test) => place(test) < 0);
    return [...slow, ...super.sort(rest)];
  }
};
