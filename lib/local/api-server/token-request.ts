import { NamespaceType, type ResourceType, resourceType, type ServiceAccount, ServiceAccountType, type Stored } from '../../api';
import { isJsonObject, timestamp } from '../../base';
import { ClusterError } from '../../kube';
import { invalid, notFound } from '../cluster/refusals';
import { readObject } from './request-body';
import { noResource, notAllowed, type ResourceRequest } from './resource-request';

const TokenRequestType: ResourceType = resourceType('authentication.k8s.io/v1', 'TokenRequest', 'tokenrequests', {
  statusSubresource: false,
});
/** What kube-apiserver allows, in seconds. */
const SHORTEST = 600;
const LONGEST = 2 ** 32;
/** Every namespace has it. */
const DEFAULT_ACCOUNT = 'default';

/** Answers a POST for a token of a service account, as `kubectl create token` sends it. */
export async function answerTokenRequest(request: ResourceRequest): Promise<void> {
  const { exchange, path, parts } = request;
  const { tokens, protobuf } = parts;
  if (!tokens) throw noResource();
  if (exchange.method !== 'POST') throw notAllowed();
  const form = exchange.accepts();
  const input = await readObject(exchange, protobuf);
  const wanted = readSpec(input['spec']);
  const account = await findAccount(request);
  const { namespace = '', name = '' } = path;
  const issued = tokens.issue({ namespace, name, uid: account.metadata.uid, ...wanted });
  const answer = {
    kind: TokenRequestType.kind,
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(parts.clock.now()) },
    spec: { audiences: issued.audiences, expirationSeconds: issued.seconds, boundObjectRef: null },
    status: { token: issued.token, expirationTimestamp: timestamp(issued.expires) },
  };
  await exchange.send(201, answer, form);
}

/** @throws ClusterError Invalid */
function readSpec(spec: unknown): { readonly audiences: readonly string[]; readonly seconds?: number } {
  const { audiences = [], expirationSeconds, boundObjectRef } = isJsonObject(spec) ? spec : {};
  const refuse = (detail: string) => invalid(TokenRequestType, '', detail);
  if (boundObjectRef) throw refuse('spec.boundObjectRef: Forbidden: tokens are bound to service accounts alone here');
  if (!Array.isArray(audiences) || !audiences.every((one) => typeof one === 'string' && one !== '')) {
    throw refuse('spec.audiences: Invalid value: must be texts that are not empty');
  }
  const named = { audiences: audiences as readonly string[] };
  if (expirationSeconds === undefined || expirationSeconds === null) return named;
  // Protobuf hands 64 bits on as a text.
  const seconds = Number(expirationSeconds);
  const at = `spec.expirationSeconds: Invalid value: ${JSON.stringify(expirationSeconds)}`;
  if (!Number.isInteger(seconds) || seconds < SHORTEST) throw refuse(`${at}: may not specify a duration less than 10 minutes`);
  if (seconds > LONGEST) throw refuse(`${at}: may not specify a duration larger than 2^32 seconds`);
  return { ...named, seconds };
}

/** The service account; the one that every namespace has is made when it is asked for first. */
async function findAccount({ resource, path }: ResourceRequest): Promise<Stored<ServiceAccount>> {
  const { cluster } = resource;
  const { namespace = '', name = '' } = path;
  const found = await cluster.get(ServiceAccountType, namespace, name);
  if (found) return found;
  if (name !== DEFAULT_ACCOUNT || !(await cluster.get(NamespaceType, undefined, namespace)))
    throw notFound(ServiceAccountType, name);
  try {
    return await cluster.create(ServiceAccountType, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  } catch (error) {
    const made = ClusterError.is(error, 'AlreadyExists') ? await cluster.get(ServiceAccountType, namespace, name) : undefined;
    if (made) return made;
    throw error;
  }
}
