/**
 * Unmodified `kubectl` and `kn` against `knc dev`. Needs `npm run build` first (`npm run test:clients` does it), a kubectl on PATH or
 * Go to build one, Go to build `kn`; says so where they are missing. KNC_KUBECTL and KNC_KN name binaries that are there already,
 * KNC_TOOLS the folder in which built ones are kept.
 */
module.exports = {
  ...require('../../jest.config.js'),
  rootDir: '../..',
  roots: ['<rootDir>/test/clients'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/clients/support/find-tools.js',
  testTimeout: 120_000,
};
