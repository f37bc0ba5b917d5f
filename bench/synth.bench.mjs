import { spawnSync } from 'node:child_process';
import { root } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'Synthesis and loading';

const measure = (program) => Number(spawnSync(process.execPath, ['-e', program], { cwd: root, encoding: 'utf8' }).stdout);
const MAKE = {
  objects: `new ApiObject(chart, 'o' + i, { apiVersion: 'serving.knative.dev/v1', kind: 'Service',
    spec: { template: { spec: { containers: [{ image: 'example.com/app', env: [{ name: 'A', value: 'b' }] }] } } } })`,
  services: `new KnService(chart, 'o' + i, { image: 'example.com/app', env: { A: 'b' } })`,
};
const synth = (make) => `
  const { ApiObject, App, Chart, Testing } = require('cdk8s'); const { KnService } = require('./dist/constructs');
  const t = performance.now(); const chart = new Chart(new App({ outdir: require('fs').mkdtempSync('/tmp/knc-synth-') }), 'c');
  for (let i = 0; i < 1000; i++) ${make};
  chart.node.root.synth(); require('fs').rmSync(chart.node.root.outdir, { recursive: true }); console.log(performance.now() - t);`;
const load = (name) =>
  `require('cdk8s'); const t = performance.now(); require(${JSON.stringify(name)}); console.log(performance.now() - t);`;

export async function run({ short }) {
  const times = { objects: [], services: [], load: [] };
  for (let i = 0; i < (short ? 3 : 9); i++) {
    times.objects.push(measure(synth(MAKE.objects)));
    times.services.push(measure(synth(MAKE.services)));
    times.load.push(measure(load('./dist/constructs')));
  }
  return [
    { figure: '1,000 plain ApiObjects, median', value: median(times.objects), unit: 'ms' },
    { figure: '1,000 KnServices, median', value: median(times.services), unit: 'ms' },
    { figure: 'difference', value: median(times.services) - median(times.objects), unit: 'ms', wanted: '2000' },
    {
      figure: "require('knative-constructs') after require('cdk8s'), median",
      value: median(times.load),
      unit: 'ms',
      wanted: '60',
    },
  ];
}
