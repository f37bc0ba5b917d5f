/** Pods in networks of their own; needs root on Linux, and says so elsewhere. Run it by `npm run test:isolate`. */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/isolate'],
  testPathIgnorePatterns: ['/node_modules/'],
};
