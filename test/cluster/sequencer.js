/** First what runs the runtime from the host, then what installs the platform in one pod, then in many; what takes it away comes last. */
const Sequencer = require('@jest/test-sequencer').default;

const ORDER = [
  'contract',
  'runtime',
  'control-plane',
  'image',
  'queue',
  'hpa',
  'examples',
  'cluster-answers',
  'webhook',
  'rbac',
  'policies',
  'identity',
  'chaos',
  'uninstall',
  'ha',
];
const place = ({ path }) => {
  const at = ORDER.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return at < 0 ? ORDER.length - 1.5 : at;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => place(a) - place(b));
  }
};
