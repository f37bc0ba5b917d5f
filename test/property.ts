/**
 * fast-check as every test gets it (jest.config.js maps the name to this file): the same cases on every run, so that a
 * run that passed passes again. `KNC_SEED=$RANDOM npx jest …` draws others, `KNC_RUNS=20 npx jest …` twenty times as many.
 */
const { default: fc } = require('../node_modules/fast-check/lib/cjs/fast-check.js') as typeof import('fast-check');

const times = Number(process.env['KNC_RUNS'] ?? 1);
const RUNS = 100; // fast-check's own

fc.configureGlobal({ seed: Number(process.env['KNC_SEED'] ?? 20_261_121), numRuns: RUNS * times });

const assert = ((property: never, params: { readonly numRuns?: number } = {}) =>
  fc.assert(
    property,
    params.numRuns === undefined ? params : { ...params, numRuns: params.numRuns * times },
  )) as typeof fc.assert;

const drawn = { ...fc, assert };

module.exports = { ...drawn, default: drawn, __esModule: true };
