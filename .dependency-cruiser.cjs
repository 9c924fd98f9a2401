/** Who may import whom (docs: CONTRIBUTING.md). Each rule's comment says why; a violation prints it. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that import each other cannot be understood one at a time.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-stands-alone',
      severity: 'error',
      comment: 'kernel is errors, ids, clock, state tables: no I/O, nothing of ours beneath it.',
      from: { path: '^packages/kernel/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/kernel/src', 'typeid-js'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment:
        'A domain file (entity, state table, planner) knows no transport, SQL or clock: kernel and other domain files only.',
      from: { path: '^services/[^/]+/src/[^/]+/[^/]+\\.(state|plan)\\.ts$' },
      to: {
        pathNot: [
          '^packages/kernel/',
          '^services/[^/]+/src/[^/]+/[a-z-]+(\\.(state|plan))?\\.ts$',
          '^services/[^/]+/src/errors\\.ts$',
        ],
      },
    },
    {
      name: 'layers-do-not-meet',
      severity: 'error',
      comment:
        'Handlers and controllers meet in the use cases and ports, never in each other; a repo knows neither.',
      from: { path: '\\.rpc\\.ts$' },
      to: { path: '\\.controller\\.ts$' },
    },
    {
      name: 'repo-knows-no-caller',
      severity: 'error',
      comment: 'SQL knows neither handlers nor controllers.',
      from: { path: '\\.repo\\.ts$' },
      to: { path: '\\.(rpc|controller)\\.ts$' },
    },
    {
      name: 'controller-knows-no-handler',
      severity: 'error',
      comment: 'A controller answers nobody.',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.rpc\\.ts$' },
    },
    {
      name: 'services-call-not-import',
      severity: 'error',
      comment: 'A service reaches another through its client in packages/api.',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'edges-know-no-service',
      severity: 'error',
      comment: 'agent, gateway and cli speak to services over the wire only.',
      from: { path: '^(agent|gateway|cli)/src' },
      to: { path: '^services/' },
    },
    {
      name: 'cli-is-a-client',
      severity: 'error',
      comment: 'The CLI uses the public HTTP API through the SDK, like anybody else.',
      from: { path: '^cli/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages/(?!sdk/)|agent|gateway|services|deploy)/' },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      comment:
        'The SDK runs in browsers and in other people’s programs: no Node built-ins, nothing else of ours.',
      from: { path: '^packages/sdk/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/sdk/src' },
    },
    {
      name: 'agent-core-knows-no-kind',
      severity: 'error',
      comment: 'The core carries kinds: a new one changes nothing of it.',
      from: { path: '^agent/src/core', pathNot: '\\.test\\.ts$' },
      to: { path: '^agent/src/(kinds|liveness|fence|rpc)/' },
    },
    {
      name: 'kinds-know-no-other',
      severity: 'error',
      comment: 'A kind names what it needs of another by kind and id; the core brings them into order.',
      from: { path: '^agent/src/kinds/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^agent/src/kinds/', pathNot: '^agent/src/kinds/$1/' },
    },
    {
      name: 'engines-know-nothing-of-us',
      severity: 'error',
      comment: 'packages/engines starts other people’s programs and knows nothing of The Cloud.',
      from: { path: '^packages/engines/src' },
      to: { path: '^(packages/(?!engines)|services|agent|gateway|cli|deploy)' },
    },
    {
      name: 'testkit-in-tests-only',
      severity: 'error',
      comment: 'testkit makes databases and engines for tests.',
      from: { pathNot: ['\\.test\\.ts$', '^packages/testkit', '/fixtures/', '^test/'] },
      to: { path: '^packages/testkit' },
    },
    {
      name: 'public-face-only',
      severity: 'error',
      comment: 'Another package is reached through its index.ts.',
      from: {
        path: '^(packages/[^/]+|services/[^/]+|agent|gateway|cli|deploy/[^/]+)/',
        // Generators run before anything is compiled.
        pathNot: ['\\.test\\.ts$', '^packages/[^/]+/scripts/'],
      },
      to: { path: '^(packages|services)/[^/]+/src/(?!index\\.ts)', pathNot: ['^$1/', '/migrations/'] },
    },
    {
      name: 'declared-only',
      severity: 'error',
      comment: 'Name it in package.json.',
      from: { path: '^(packages|services|agent|gateway|cli|deploy)' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', 'packages/api/src/gen/', 'drizzle\\.config\\.ts'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.cruise.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      mainFields: ['main', 'types'],
    },
  },
};
