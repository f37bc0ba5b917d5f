import { Chart, Testing } from 'cdk8s';
import { JobSink, LOCAL_METADATA } from 'knative-constructs';

test('what a JobSink runs on a laptop is noted beside it, and not in the object', () => {
  const chart = new Chart(Testing.app(), 'shop');
  const local = { command: ['node', 'report.js'] };
  const report = new JobSink(chart, 'report', { name: 'report', image: 'example.com/report', local });
  expect(report.node.metadata.map(({ type, data }) => [type, data])).toContainEqual([
    LOCAL_METADATA,
    { image: 'example.com/report', ...local },
  ]);
  expect(JSON.stringify(Testing.synth(chart))).not.toContain('report.js');
});
