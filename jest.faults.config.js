import config from './jest.config.js';

/** The fault tests, the long ones included; `npm run test:faults` runs them one after the other. */
export default {
  ...config,
  testMatch: ['<rootDir>/tests/faults/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/faults/kit/'],
  testTimeout: 600_000,
};
