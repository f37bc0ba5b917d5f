import type { JobSink } from '../../../../../lib/api';
import { jobSinkReconciler } from '../../../../../lib/control/eventing';
import { NOW, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, POLICIES_OFF, withOidc } from '../support/objects';

const job = { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ image: 'app' }] } } } };
const SERVED: Facts = { answers: { 'eventing/job-sink/default/report': { generation: 1 } } };
const sink = (status?: JobSink['status']) =>
  object<JobSink>('sinks.knative.dev/v1alpha1', 'JobSink', 'report', { spec: { job }, ...(status ? { status } : {}) });
const plan = (parent = sink(), facts = SERVED, settings = config) =>
  jobSinkReconciler.plan(parent, observe(facts), settings, NOW).status as NonNullable<JobSink['status']>;
const url = 'http://job-sink.knative-eventing.svc.cluster.local/default/report';

test('the plan of a JobSink says where it is reached, and how its Jobs are found', () => {
  expect(summary(plan())).toEqual({ Addressable: 'True', EventPoliciesReady: POLICIES_OFF, Ready: 'True' });
  expect(plan()).toMatchObject({
    address: { name: 'http', url },
    job: { selector: 'sinks.knative.dev/job-sink-name=report' },
    observedGeneration: 1,
  });
});

test('it has no address before it is served, and keeps the one that it has told', () => {
  expect(plan(sink(), {})).toMatchObject({
    conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'Unknown' })]),
  });
  expect(plan(sink(), {}).address).toBeUndefined();
  expect(plan(sink({ address: { name: 'http', url } }), {}).address).toEqual({ name: 'http', url });
});

test('where senders prove who they are, it says its audience', () => {
  expect(plan(sink(), SERVED, withOidc).address?.audience).toBe('sinks.knative.dev/jobsink/default/report');
});
