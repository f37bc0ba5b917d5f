import path from 'node:path';
import { type Answer, ask, kubectl, output, until } from './tools';

export const NODE = '10.99.0.1';
const NODE_PORT = 31080;
/** Names of services end in this. */
const DOMAIN = 'example.com';
const INSTALL = path.join(__dirname, 'rig/platform.sh');

/** Installs the platform as its documents say; resolves once its pods are ready. @param more options of `knc platform` */
export async function install(profile: 'small' | 'ha' = 'small', ...more: readonly string[]): Promise<void> {
  await output(INSTALL, [profile, ...more]);
}

/** Resolves once every pod of the platform is ready. */
export async function rolledOut(): Promise<void> {
  for (const namespace of ['knative-serving', 'knative-eventing']) {
    const names = await kubectl(`get deployments,statefulsets -n ${namespace} -o name`);
    for (const name of names.split('\n').filter(Boolean)) await kubectl(`rollout status -n ${namespace} ${name} --timeout=120s`);
  }
}

/** A request from outside the cluster. */
export const fromOutside = (service: string, target = '/'): Promise<Answer> =>
  ask(NODE, NODE_PORT, `${service}.default.${DOMAIN}`, { path: target });

/** Address of a Service inside the cluster, which the node reaches too. */
export const addressOf = (namespace: string, service: string): Promise<string> =>
  until(`address of ${service}`, async () =>
    (await kubectl(`get service -n ${namespace} ${service} -o jsonpath={.spec.clusterIP}`)).replace('None', ''),
  );
