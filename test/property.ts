/**
 * fast-check as every test gets it (jest.config.js maps the name to this file): the same cases on every run, so that a
 * run that passed passes again. `KNC_SEED=$RANDOM npx jest …` draws others.
 */
const fc = require('../node_modules/fast-check/lib/cjs/fast-check.js') as typeof import('fast-check');

fc.configureGlobal({ seed: Number(process.env['KNC_SEED'] ?? 20_261_121) });

module.exports = fc;
