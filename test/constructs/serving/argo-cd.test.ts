import { ApiObject, Chart, Testing } from 'cdk8s';
import { ArgoCd, KnService, TrafficSplit } from '../../../constructs';

const annotations = (chart: Chart) => Testing.synth(chart).map((object) => object.metadata.annotations);
const service = (chart: Chart, name: string) => new KnService(chart, name, { name, image: 'example.com/app' });

test('a wave is written on every object of a construct, and on no other', () => {
  const chart = Testing.chart();
  ArgoCd.syncWave(service(chart, 'a'), -2);
  service(chart, 'b');
  expect(annotations(chart)).toEqual([{ 'argocd.argoproj.io/sync-wave': '-2' }, undefined]);
});

test('inOrder gives each part the next wave, charts and objects of others too', () => {
  const app = Testing.app();
  const [first, second] = [new Chart(app, 'first'), new Chart(app, 'second')];
  new ApiObject(first, 'map', { apiVersion: 'v1', kind: 'ConfigMap' });
  service(first, 'a');
  const split = new TrafficSplit(second, 's', { name: 's', targets: [{ revision: 'a-00001' }] });
  ArgoCd.inOrder(first, split);
  expect([annotations(first), annotations(second)]).toEqual([
    [{ 'argocd.argoproj.io/sync-wave': '0' }, { 'argocd.argoproj.io/sync-wave': '0' }],
    [{ 'argocd.argoproj.io/sync-wave': '1' }],
  ]);
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('a wave of %p is refused with the construct', (wave) => {
  const hello = service(Testing.chart(), 'hello');
  expect(() => ArgoCd.syncWave(hello, wave)).toThrow(expect.objectContaining({ code: 'KNC1001', where: 'test/hello' }));
});

test('sync options are one annotation; what was set before stays unless it is set again', () => {
  const chart = Testing.chart();
  const hello = service(chart, 'hello');
  hello.addAnnotation('argocd.argoproj.io/sync-options', 'Prune=false, Validate=false');
  ArgoCd.syncOptions(hello, { skipDryRunOnMissingResource: true, prune: 'confirm', pruneLast: undefined });
  ArgoCd.syncOptions(hello, { serverSideApply: true, delete: false });
  expect(annotations(chart)).toEqual([
    {
      'argocd.argoproj.io/sync-options':
        'Prune=confirm,Validate=false,SkipDryRunOnMissingResource=true,ServerSideApply=true,Delete=false',
    },
  ]);
});

test('a hook says when it runs and when it goes', () => {
  const chart = Testing.chart();
  const job = new ApiObject(chart, 'migrate', { apiVersion: 'batch/v1', kind: 'Job' });
  ArgoCd.hook(job, 'PreSync', 'HookSucceeded');
  expect(annotations(chart)).toEqual([
    { 'argocd.argoproj.io/hook': 'PreSync', 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' },
  ]);
});
