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
  // Long enough that only what hangs meets it, also where other work slows the machine down.
  testTimeout: 120_000,
  // Whole stacks of processes are tested: more files at once make each other miss deadlines, fewer waste a processor.
  maxWorkers: 2,
  // A module graph loaded by node:vm is never given back, so one process for all files ends out of memory.
  workerIdleMemoryLimit: '400MB',
};
