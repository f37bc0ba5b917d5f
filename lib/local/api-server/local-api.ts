import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { EventTypeType, EventTypeV1beta2Type, knativeTypes, NamespaceType, PingSourceType, type ResourceType } from '../../api';
import type { Clock, Log } from '../../base';
import { type Cluster, ClusterError } from '../../kube';
import type { TokenIssuer } from '../tokens';
import { ApiServer } from './api-server';
import { selfSignedCertificate } from './certificate';
import { EventTypesV1beta2 } from './event-types-v1beta2';
import type { ExtraPaths } from './extra-paths';
import { FixedCluster } from './fixed-cluster';
import { CustomResourceDefinitionType, establishedDefinitions, localNode, NodeType } from './fixed-objects';
import { writeKubeconfig } from './kubeconfig-file';
import { initialNamespaces } from './namespace-lifecycle';
import { coreDescriptions, OpenApiDocuments } from './openapi';
import { OtherVersion } from './other-version';
import type { PodAccess } from './pod-access';
import { protobufCodec } from './protobuf';
import { reviews } from './reviews';
import { readOnlyResource, reviewResource, type ServedResource, servedResource, withoutPatch } from './served-resource';

export interface LocalApiOptions {
  readonly cluster: Cluster;
  /** The kinds that the cluster knows. */
  readonly types: readonly ResourceType[];
  readonly clock: Clock;
  readonly log: Log;
  readonly pods: PodAccess;
  /** Where to write the kubeconfig; removed when the server closes. */
  readonly kubeconfig: string;
  /** Who issues the tokens of service accounts. @default nobody */
  readonly tokens?: TokenIssuer;
  /** Paths beside Kubernetes' own. @default none */
  readonly extra?: ExtraPaths;
}

/** As `kn` asks for it: with the fields of v1, which describes them. */
const PingSourceV1beta2Type: ResourceType = { ...PingSourceType, version: 'v1beta2' };

const TOKEN_BYTES = 32;

/** The API server of a local cluster: with a certificate, a token and a kubeconfig of its own, new at every start. */
export class LocalApi {
  /** Starts it; resolves once it takes requests and the kubeconfig is there. */
  static async start(options: LocalApiOptions): Promise<LocalApi> {
    const { cluster, clock, log, pods, kubeconfig, extra, tokens } = options;
    await createNamespaces(cluster, initialNamespaces(new Set(options.types.map(({ group }) => group))));
    const certificate = selfSignedCertificate(clock.now());
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const resources = resourcesOf(options);
    const openApi = new OpenApiDocuments(
      resources.map(({ type }) => type).filter((type) => type !== PingSourceV1beta2Type),
      coreDescriptions(),
    );
    const codecs = { openApi, protobuf: protobufCodec };
    const server = new ApiServer({
      clock,
      log,
      pods,
      certificate,
      token,
      resources,
      ...codecs,
      ...(extra ? { extra } : {}),
      ...(tokens ? { tokens } : {}),
    });
    const url = await server.listen();
    writeKubeconfig(kubeconfig, { server: url, certificate: certificate.certificate, token });
    return new LocalApi(server, url, kubeconfig);
  }

  private constructor(
    private readonly server: ApiServer,
    /** `https://127.0.0.1:PORT`. */
    readonly url: string,
    /** Path of the kubeconfig. */
    readonly kubeconfig: string,
  ) {}

  /** Ends all requests; the kubeconfig, which then leads nowhere, goes. */
  async close(): Promise<void> {
    rmSync(this.kubeconfig, { force: true });
    await this.server.close();
  }
}

function resourcesOf({ cluster, types, clock }: LocalApiOptions): readonly ServedResource[] {
  const now = clock.now();
  const custom = types.filter((type) => knativeTypes.includes(type));
  const fixed = new FixedCluster(
    [
      [NodeType, () => [localNode(now)]],
      [CustomResourceDefinitionType, () => establishedDefinitions(now, custom)],
    ],
    now,
  );
  return [
    ...types.map((type) => servedResource(type, cluster)),
    ...(types.includes(EventTypeType)
      ? [withoutPatch(servedResource(EventTypeV1beta2Type, new EventTypesV1beta2(cluster)))]
      : []),
    ...(types.includes(PingSourceType)
      ? [servedResource(PingSourceV1beta2Type, new OtherVersion(cluster, PingSourceType, PingSourceV1beta2Type))]
      : []),
    ...[NodeType, CustomResourceDefinitionType].map((type) => readOnlyResource(type, fixed)),
    ...reviews.map((review) => reviewResource(review, fixed)),
  ];
}

async function createNamespaces(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    } catch (error) {
      if (!ClusterError.is(error, 'AlreadyExists')) throw error;
    }
  }
}
