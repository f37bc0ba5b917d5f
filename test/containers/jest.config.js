/** Pods that are containers of a real podman; needs root on Linux, and says so elsewhere. Run it by `npm run test:containers`. */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/containers'],
  testPathIgnorePatterns: ['/node_modules/'],
};
