import { Readable } from 'node:stream';
import { type JobSink, JobSinkType, type JobStatus, JobType, type Secret, SecretType, type Stored } from '../../../../lib/api';
import { JobSinkIngress } from '../../../../lib/eventing';
import { testCluster } from '../../local/cluster/support';

const { cluster } = testCluster();
const container = { name: 'main', image: 'app', env: [{ name: 'A', value: '1' }] };
const own = { name: 'own', image: 'app', volumeMounts: [{ name: 'jobsink-event', mountPath: '/event' }] };
const template = { spec: { restartPolicy: 'Never', containers: [container, own] } };
const made: JobSink = {
  apiVersion: 'sinks.knative.dev/v1alpha1',
  kind: 'JobSink',
  metadata: { name: 'report', namespace: 'default' },
  spec: { job: { metadata: { labels: { team: 'red' } }, spec: { backoffLimit: 1, template } } },
};
let sink: Stored<JobSink>;
beforeAll(async () => {
  sink = await cluster.create(JobSinkType, made);
});
const find = (namespace: string, name: string) => (`${namespace}/${name}` === 'default/report' ? sink : undefined);
const ingress = new JobSinkIngress({ cluster, find });

const ask = (method: string, target: string, headers: Record<string, string> = {}, body = '') =>
  ingress.handle({ method, target, headers, body: Readable.from([Buffer.from(body)]), signal: new AbortController().signal });
const event = (id: string, source = '/a b') => ({
  'ce-specversion': '1.0',
  'ce-id': id,
  'ce-source': encodeURI(source),
  'ce-type': 't',
  'content-type': 'application/json',
});
const post = (id: string, target = '/default/report') => ask('POST', target, event(id), '{"n":1}');
const jobs = async () => (await cluster.list(JobType)).items;

describe('the door of JobSinks', () => {
  let location: string;

  test('makes a Job and its Secret for an event, and says where the Job is told of', async () => {
    const answer = await post('1');
    location = answer.headers['location']!;
    expect([answer.status, location]).toEqual([202, '/namespaces/default/name/report/sources/%2Fa%20b/ids/1']);
    const [job] = await jobs();
    expect(job!.metadata).toMatchObject({
      labels: {
        team: 'red',
        'sinks.knative.dev/job-sink-name': 'report',
        'sinks.knative.dev/job-sink-id': job!.metadata.name,
      },
      ownerReferences: [{ kind: 'JobSink', name: 'report', uid: sink.metadata.uid, controller: true, blockOwnerDeletion: false }],
    });
    expect(job!.metadata.name).toMatch(/^report-[0-9a-f]{32}$/);
    const { containers, volumes } = job!.spec.template.spec;
    expect(volumes).toEqual([{ name: 'jobsink-event', secret: { secretName: job!.metadata.name } }]);
    expect(containers.map(({ volumeMounts, env }) => [volumeMounts, env])).toEqual([
      [
        [{ name: 'jobsink-event', readOnly: true, mountPath: '/etc/jobsink-event' }],
        [
          { name: 'A', value: '1' },
          { name: 'K_EVENT_PATH', value: '/etc/jobsink-event' },
        ],
      ],
      [[{ name: 'jobsink-event', mountPath: '/event' }], [{ name: 'K_EVENT_PATH', value: '/event' }]],
    ]);
    const secret = (await cluster.get<Secret>(SecretType, 'default', job!.metadata.name))!;
    expect(secret).toMatchObject({ immutable: true, metadata: { ownerReferences: [{ kind: 'Job', uid: job!.metadata.uid }] } });
    expect(JSON.parse(Buffer.from(secret.data!['event']!, 'base64').toString())).toEqual({
      ...{ specversion: '1.0', id: '1', source: '/a b', type: 't', datacontenttype: 'application/json' },
      data: { n: 1 },
    });
  });

  test('makes one Job for each source and id, also of events that come at once', async () => {
    expect((await post('1')).status).toBe(202);
    expect((await Promise.all([post('2'), post('2'), post('2')])).map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await jobs()).toHaveLength(2);
  });

  test('tells whether the Job runs, has ended well, or has failed', async () => {
    const state = async (conditions: JobStatus['conditions']) => {
      for (const job of await jobs()) {
        await cluster.updateStatus(JobType, {
          ...job,
          metadata: { ...job.metadata, resourceVersion: undefined },
          status: { conditions },
        });
      }
      const { status, headers } = await ask('GET', location);
      return [status, headers['reason'], headers['location']];
    };
    expect(await state([])).toEqual([202, undefined, location]);
    expect(await state([{ type: 'Complete', status: 'True' }])).toEqual([200, 'Complete', undefined]);
    expect(await state([{ type: 'Failed', status: 'True' }])).toEqual([400, 'Failed', undefined]);
    expect((await ask('GET', location.replace(/1$/, '99'))).status).toBe(500);
  });

  test.each([
    ['POST', '/default', 400],
    ['POST', '/default/report/more', 400],
    ['POST', '/default/other', 400],
    ['PUT', '/default/report', 400],
    ['GET', '/default/report', 400],
    ['GET', '/namespaces/default/name/other/sources/a/ids/1', 400],
    ['GET', '/namespaces/default/name/report/sources/%zz/ids/1', 400],
  ])('%s %s is answered with %i', async (method, target, status) => {
    expect((await ask(method, target, event('x'), '{}')).status).toBe(status);
  });

  test('takes nothing that is no event, is a batch, or does not fit into a Secret', async () => {
    const count = (await jobs()).length;
    const big = JSON.stringify({ text: 'x'.repeat(2 ** 20) });
    const batch = { 'content-type': 'application/cloudevents-batch+json' };
    const answers = [
      await ask('POST', '/default/report', { 'content-type': 'application/json' }, '{}'),
      await ask('POST', '/default/report', batch, '[]'),
      await ask('POST', '/default/report', event('big'), big),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 413]);
    expect(answers[2]!.headers['reason']).toBe('the event is larger than a Secret may be, 1 MiB');
    expect(await jobs()).toHaveLength(count);
  });

  test('says why the cluster does not take a Job', async () => {
    const never = {
      ...sink,
      spec: { job: { spec: { template: { spec: { containers: [container] } } } } },
    } as unknown as typeof sink;
    const other = new JobSinkIngress({ cluster, find: () => never });
    const body = Readable.from([Buffer.from('{}')]);
    const request = {
      method: 'POST',
      target: '/default/report',
      headers: event('3'),
      body,
      signal: new AbortController().signal,
    };
    const { status, headers } = await other.handle(request);
    expect([status, headers['reason']]).toEqual([500, expect.stringContaining('restartPolicy: Required value')]);
  });
});
