/** A real single-node Kubernetes, started for the suite; needs root, Go and Debian, and says so elsewhere. Run it by `npm run test:cluster`. */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/cluster'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testSequencer: '<rootDir>/test/cluster/sequencer.js',
};
