import { KncError } from '../../base';

/** The pod that this process runs in. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
}

const FIELDS = { POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace', POD_IP: 'status.podIP' } as const;

const yamlOf = (name: keyof typeof FIELDS): string =>
  `- { name: ${name}, valueFrom: { fieldRef: { fieldPath: ${FIELDS[name]} } } }`;

/** What the downward API says in the environment. @throws KncError KNC4020 that names what is missing */
export function podIdentity(env: Readonly<Record<string, string | undefined>>): PodIdentity {
  const missing = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new KncError('KNC4020', `The environment has no ${missing.join(' and no ')}: the runtime must know which pod it is`, {
      remedy: `Add to the container's env, by the downward API: ${missing.map(yamlOf).join('  ')}`,
    });
  }
  return { name: env['POD_NAME']!, namespace: env['POD_NAMESPACE']!, ip: env['POD_IP']! };
}
