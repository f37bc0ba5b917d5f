/** Comparison with the Go modules of Knative itself; needs Go and its module cache or proxy, and says so where they are missing. */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/upstream'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
};
