/** The packed tarball, as its consumers see it. Needs `npm run build` first; `npm run test:package` does it. */
module.exports = {
  ...require('../../jest.config.js'),
  rootDir: '../..',
  roots: ['<rootDir>/test/package'],
  testPathIgnorePatterns: ['/node_modules/'],
  moduleNameMapper: {},
  testTimeout: 120000,
};
