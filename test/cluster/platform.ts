import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ask, knc, kubectl, until } from './tools';

export const IMAGE = 'registry.local/knative-constructs:dev';
export const NODE = '10.99.0.1';
export const NODE_PORT = 31080;
/** Names of services end in this. */
export const DOMAIN = 'example.com';

/** What lies here goes with the cluster. */
const FOLDER = path.dirname(process.env['KUBECONFIG'] ?? '');

/** A volume of the node for events: this cluster makes none by itself. */
const VOLUME = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'knc-events', labels: { test: 'knc' } },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: path.join(FOLDER, 'events'), type: 'Directory' },
  },
};

export interface InstallOptions {
  readonly profile?: 'small' | 'ha';
  /** More options of `knc platform`. */
  readonly more?: string;
}

/** Installs the platform as its documents say: `knc platform`, definitions first, then all else; resolves once its pods are ready. */
export async function install({ profile = 'small', more = '' }: InstallOptions = {}): Promise<void> {
  mkdirSync(VOLUME.spec.hostPath.path, { recursive: true });
  chmodSync(VOLUME.spec.hostPath.path, 0o777); // the runtime is a user without rights
  await kubectl('apply -f -', { input: JSON.stringify(VOLUME) });
  const options = path.join(FOLDER, 'platform.yaml');
  writeFileSync(options, JSON.stringify({ events: { storage: '1Gi', storageClass: '' } }));
  const call = `platform --file ${options} --profile ${profile} --image ${IMAGE} --expose node-port:${NODE_PORT} --domain ${DOMAIN}${more}`;
  await kubectl('apply --server-side -f -', { input: await knc(`${call} --crds-only`) });
  await kubectl('wait --for=condition=Established crd -l app.kubernetes.io/part-of=knative-constructs --timeout=60s');
  await kubectl('apply -f -', { input: await knc(`${call} --without-crds`) });
  await rolledOut();
}

/** Resolves once every pod of the platform is ready. */
export async function rolledOut(): Promise<void> {
  for (const namespace of ['knative-serving', 'knative-eventing']) {
    const names = await kubectl(`get deployments,statefulsets -n ${namespace} -o name`);
    for (const name of names.split('\n').filter(Boolean)) await kubectl(`rollout status -n ${namespace} ${name} --timeout=120s`);
  }
}

/** A request from outside the cluster. */
export const fromOutside = (service: string, target = '/') =>
  ask(NODE, NODE_PORT, `${service}.default.${DOMAIN}`, { path: target });

/** Address of a Service inside the cluster, which the node reaches too. */
export const addressOf = (namespace: string, service: string): Promise<string> =>
  until(`address of ${service}`, async () =>
    (await kubectl(`get service -n ${namespace} ${service} -o jsonpath={.spec.clusterIP}`)).replace('None', ''),
  );
