/** Processes killed at any moment, damaged files, full disks. Run it by `npm run test:chaos`; KNC_CHAOS_KILLS says how often (50 there, else 3). */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/chaos'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
