export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{gateway,packages,schema,simulators,subgraphs,tests}/**/*.test.ts'],
  // Those that wait for real minutes run in `npm run test:faults` alone.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/faults/long/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  globalSetup: '<rootDir>/tests/support/start-services.ts',
  globalTeardown: '<rootDir>/tests/support/stop-services.ts',
  testTimeout: 30_000,
  // Deadlines and whole stacks are tested: two files at once take a third less time, and make each other miss them.
  maxWorkers: 1,
  // A module graph loaded by node:vm is never given back, so one process for all files ends out of memory.
  workerIdleMemoryLimit: '400MB',
};
