/** The default suite: Node alone, no container, no cluster, virtual time wherever time matters. */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { globalsCleanup: 'off' }, // @pulumi/pulumi's google-protobuf sets globals: JEST-01
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/(chaos|upstream|package|clients|walkthrough|cluster|isolate|containers)/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.knc/'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }],
    'cel-js/lib/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }], // ES modules, which jest cannot require
  },
  transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/cel-js/)'],
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/test/property.ts',
    '^knative-constructs$': '<rootDir>/constructs/index.ts',
    '^knative-constructs/api$': '<rootDir>/lib/api/index.ts',
    '^knative-constructs/(.*)$': '<rootDir>/constructs/$1/index.ts',
  },
  maxWorkers: 3, // much of the time is spent waiting for processes: more at once than there are cores is faster
  testTimeout: 60000, // a busy machine takes its time; nothing waits that long by itself
};
