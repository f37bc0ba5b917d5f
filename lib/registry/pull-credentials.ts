import { SecretType, ServiceAccountType } from '../api';
import { errorMessage } from '../base';
import type { Cluster } from '../kube';
import { DockerConfig } from './docker-config';

/** As whom images are pulled. */
export interface Puller {
  readonly namespace: string;
  /** @default 'default' */
  readonly serviceAccountName: string | undefined;
  readonly imagePullSecrets: readonly string[];
}

export interface PullCredentials {
  readonly config: DockerConfig;
  /** What is missing or cannot be read, in words; a pull goes on without. */
  readonly problems: readonly string[];
}

/** The credentials that a pull has: of its own pull secrets, then of those of its service account. Each is read by its name. */
export async function readPullCredentials(cluster: Cluster, puller: Puller): Promise<PullCredentials> {
  const { namespace, serviceAccountName, imagePullSecrets } = puller;
  const config = new DockerConfig();
  const problems: string[] = [];
  const account = serviceAccountName || 'default';
  const attempt = async <T>(subject: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${subject}: ${errorMessage(error)}`);
      return undefined;
    }
  };
  const found = await attempt(`service account ${account}`, () => cluster.get(ServiceAccountType, namespace, account));
  const names = [...imagePullSecrets, ...(found?.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []))];
  const secrets = await Promise.all(
    [...new Set(names)].map(async (name) => ({
      name,
      secret: await attempt(`secret ${name}`, () => cluster.get(SecretType, namespace, name)),
    })),
  );
  for (const { name, secret } of secrets) {
    if (secret) await attempt(`secret ${name}`, async () => config.add(secret));
    else if (!problems.some((problem) => problem.startsWith(`secret ${name}:`))) problems.push(`secret ${name}: there is none`);
  }
  return { config, problems };
}
