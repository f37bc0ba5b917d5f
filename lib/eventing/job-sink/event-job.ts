import { createHash } from 'node:crypto';
import { type Container, childName, controllerRef, type Job, type JobSink, type Secret, type Stored } from '../../api';
import { type CloudEvent, encodeStructured } from '../cloud-event';

/** Labels of what is made for an event: which sink made it, and the name that source and id give it. */
export const jobSinkLabels = { name: 'sinks.knative.dev/job-sink-name', id: 'sinks.knative.dev/job-sink-id' } as const;

/** The volume with the event, where it is mounted, and the variable that says so. */
const VOLUME = 'jobsink-event';
const MOUNT_PATH = '/etc/jobsink-event';
const EVENT_PATH = 'K_EVENT_PATH';
/** The key of the Secret, and so the name of the file. */
const FILE = 'event';

/** The name of the Job for an event: the same for every event of this source and id. */
export function jobName(sink: string, source: string, id: string): string {
  const hash = createHash('md5')
    .update(source + id)
    .digest('hex');
  return childName(`${sink}-`, hash);
}

/** The container with the event mounted, where it says itself or at `/etc/jobsink-event`, and told of the place. */
function withEvent(container: Container): Container {
  const { volumeMounts = [], env = [] } = container;
  const own = volumeMounts.find(({ name }) => name === VOLUME);
  const mounts = own ? volumeMounts : [...volumeMounts, { name: VOLUME, readOnly: true, mountPath: MOUNT_PATH }];
  return { ...container, volumeMounts: mounts, env: [...env, { name: EVENT_PATH, value: own?.mountPath ?? MOUNT_PATH }] };
}

/**
 * The Job that a sink makes for an event.
 * @param sink with its defaults
 */
export function eventJob(sink: Stored<JobSink>, event: CloudEvent): Job {
  const { metadata, spec = {} } = sink.spec.job as Partial<Job>;
  const name = jobName(sink.metadata.name, String(event.attributes['source']), String(event.attributes['id']));
  const { template } = spec as Job['spec'];
  const { containers, volumes = [] } = template.spec;
  const all = volumes.some((volume) => volume.name === VOLUME)
    ? volumes
    : [...volumes, { name: VOLUME, secret: { secretName: name } }];
  // The label of the pods is ours: they are found by the sink that they run for.
  const labels = { ...template.metadata?.labels, [jobSinkLabels.name]: sink.metadata.name };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: sink.metadata.namespace,
      annotations: metadata?.annotations,
      labels: { ...metadata?.labels, [jobSinkLabels.id]: name, [jobSinkLabels.name]: sink.metadata.name },
      ownerReferences: [...(metadata?.ownerReferences ?? []), { ...controllerRef(sink), blockOwnerDeletion: false }],
    },
    spec: {
      ...(spec as Job['spec']),
      template: {
        ...template,
        metadata: { ...template.metadata, labels },
        spec: { ...template.spec, containers: containers.map(withEvent), volumes: all },
      },
    },
  };
}

/** The Secret from which the pods of a Job read their event; it goes with the Job. */
export function eventSecret(sink: JobSink, job: Stored<Job>, event: CloudEvent): Secret {
  const { name, namespace } = job.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { [jobSinkLabels.id]: name, [jobSinkLabels.name]: sink.metadata.name ?? '' },
      ownerReferences: [{ ...controllerRef(job), blockOwnerDeletion: false }],
    },
    immutable: true,
    type: 'Opaque',
    data: { [FILE]: encodeStructured(event).body.toString('base64') },
  };
}
