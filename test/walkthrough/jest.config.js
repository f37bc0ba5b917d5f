/** Published walkthroughs of Knative, command by command, against `knc dev --quickstart`. Needs what `test/clients` needs. */
module.exports = {
  ...require('../clients/jest.config.js'),
  roots: ['<rootDir>/test/walkthrough'],
};
