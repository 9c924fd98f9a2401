/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/packages',
    '<rootDir>/services',
    '<rootDir>/agent',
    '<rootDir>/gateway',
    '<rootDir>/cli',
    '<rootDir>/deploy',
    '<rootDir>/bench',
    '<rootDir>/test',
  ],
  testMatch: ['**/*.test.ts'],
  // `make conformance` runs these.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.THECLOUD_TEST_CONFORMANCE ? [] : ['\\.conformance\\.test\\.ts$']),
  ],
  globalSetup: '<rootDir>/packages/testkit/jest/global-setup.ts',
  globalTeardown: '<rootDir>/packages/testkit/jest/global-teardown.ts',
  testSequencer: '<rootDir>/packages/testkit/jest/slowest-first.js',
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Packages that ship ES modules only: Jest's CommonJS mode needs them transformed.
  transformIgnorePatterns: [
    '/node_modules/(?!(?:\\.pnpm/[^/]+/node_modules/)?(?:jose|typeid-js|uuid|commander|ora|chalk|@peculiar)(?:/|$))',
    '/packages/api/src/gen/.*\\.binpb',
  ],
  moduleNameMapper: {
    '^@thecloud/(agent|gateway|cli)$': '<rootDir>/$1/src',
    '^@thecloud/all-in-one$': '<rootDir>/deploy/all-in-one/src',
    '^@thecloud/([^/]+)$': ['<rootDir>/packages/$1/src', '<rootDir>/services/$1/src'],
  },
  testTimeout: 60000,
  // Two cores, and a third for the time that tests wait.
  maxWorkers: 3,
  // What each file leaves behind adds up: a worker that nears the limit of its heap first gets slow, then dies.
  workerIdleMemoryLimit: '1GB',
  coverageProvider: 'v8',
  collectCoverageFrom: [
    '{packages,services}/*/src/**/*.ts',
    '{agent,gateway}/src/**/*.ts',
    '!**/*.test.ts',
    '!**/*.contract.ts',
    '!**/gen/**',
    '!**/fixtures/**',
    '!packages/testkit/**',
  ],
  coverageThreshold: { global: { lines: 80 } },
  coverageReporters: ['text-summary', 'json-summary', 'lcovonly'],
};
