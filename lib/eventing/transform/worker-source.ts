/**
 * What a worker runs, as source: it is given to the worker as text, so that it needs no file of its own. It evaluates expressions that it
 * is sent, compiled once each, and knows nothing but the input: no environment, no time but the one that comes along.
 */
export const WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const jsonata = require(workerData.library);
const { timeout, stack, sequence } = workerData;
const compiled = new Map();
const textOf = (error) => String((error && error.message) || error);
const formatted = jsonata('$fromMillis($at, $picture, $timezone)');

function compile(expression) {
  let known = compiled.get(expression);
  if (!known) {
    known = jsonata(expression, { timeout, stack, sequence });
    compiled.set(expression, known);
  }
  return known;
}

parentPort.on('message', async ({ expression, input, at }) => {
  try {
    const evaluable = compile(expression);
    if (input === undefined) {
      parentPort.postMessage({ result: undefined });
      return;
    }
    const value = await evaluable.evaluate(JSON.parse(input), {
      millis: () => at,
      now: (picture, timezone) => formatted.evaluate({}, { at, picture, timezone }),
    });
    parentPort.postMessage({ result: JSON.stringify(value) });
  } catch (error) {
    parentPort.postMessage({ failure: textOf(error), code: (error && error.code) || '' });
  }
});
parentPort.postMessage({ ready: true });
`;
