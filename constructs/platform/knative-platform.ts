import { ApiObject, Chart } from 'cdk8s';
import type { Namespace, ServiceAccount } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { INSTALLATION, type KubeObject } from '../../lib/api';
import {
  accountsOf,
  type PlatformComponent,
  type PlatformOptions,
  platformErrors,
  platformManifest,
  resolvePlatform,
} from '../../lib/platform';
import { findingLine } from '../model';
import { packageVersion } from './package-version';
import { objectKey, type PlatformConstruct, platformConstruct } from './platform-objects';

/** Props of `KnativePlatform`: what `knc platform` takes, too. */
export interface KnativePlatformProps extends PlatformOptions {}

/**
 * Everything that a cluster needs to run what the constructs of this package declare: the definitions of the kinds in a chart of their
 * own, and in another namespaces, service accounts with the least rights, settings, pods, Services, network and admission policies.
 * Every object can be reached and patched. `knc platform` prints the same without code.
 *
 * @example
 * new KnativePlatform(app, 'platform', { profile: 'ha', domain: 'example.com', image: 'registry.example.com/knc@sha256:…' });
 */
export class KnativePlatform extends Construct {
  /** The CustomResourceDefinitions, which are applied first and deleted last. */
  readonly crds: Chart;
  /** All else. */
  readonly chart: Chart;
  /** The definitions by name: `services.serving.knative.dev`. */
  readonly definitions: Readonly<Record<string, ApiObject>>;
  /** The namespaces, as cdk8s-plus has them. */
  readonly namespaces: { readonly serving: Namespace; readonly eventing?: Namespace };
  /** Who the pods are, as cdk8s-plus has it: with profile `small` `runtime` alone. */
  readonly serviceAccounts: Readonly<Partial<Record<PlatformComponent, ServiceAccount>>>;
  /** StatefulSets and Deployments: with profile `small` `runtime` alone. */
  readonly workloads: Readonly<Partial<Record<PlatformComponent, ApiObject>>>;
  /** The ConfigMaps of Knative Serving that say something, by name. */
  readonly servingConfigMaps: Readonly<Record<string, ApiObject>>;
  /** The ConfigMaps of Knative Eventing that say something, by name. */
  readonly eventingConfigMaps: Readonly<Record<string, ApiObject>>;
  /** The Services by name: `knc-ingress` takes requests from outside. */
  readonly services: Readonly<Record<string, ApiObject>>;
  /** The HTTPRoute, with exposure by a Gateway. */
  readonly httpRoute: ApiObject | undefined;
  readonly #objects: ReadonlyMap<string, PlatformConstruct>;

  /** @param scope usually the App */
  constructor(scope: Construct, id: string, props: KnativePlatformProps = {}) {
    super(scope, id);
    this.crds = new Chart(this, 'crds');
    this.chart = new Chart(this, 'platform');
    this.chart.addDependency(this.crds);
    const errors = platformErrors(props);
    this.node.addValidation({ validate: () => errors.map((error) => findingLine('KNC1001', error)) });
    const wrong = errors.length > 0;
    // What is refused at synthesis is not built of what makes no sense.
    const options = wrong ? {} : props;
    const { crds, objects } = platformManifest(options, packageVersion());
    this.definitions = Object.fromEntries(crds.map((object) => [object.metadata.name, plain(this.crds, object)]));
    const made = objects.map((object) => [object, platformConstruct(this.chart, object)] as const);
    this.#objects = new Map(
      made.map(([{ kind, metadata }, construct]) => [objectKey(kind, metadata.name ?? '', metadata.namespace), construct]),
    );
    const { servingNamespace, eventingNamespace } = INSTALLATION;
    const ofKind = <T>(kind: string, namespace?: string): Record<string, T> =>
      Object.fromEntries(
        made
          .filter(([object]) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace))
          .map(([object, construct]) => [object.metadata.name, construct as T]),
      );
    const namespaces = ofKind<Namespace>('Namespace');
    const eventing = namespaces[eventingNamespace];
    this.namespaces = { serving: namespaces[servingNamespace]!, ...(eventing ? { eventing } : {}) };
    this.servingConfigMaps = ofKind('ConfigMap', servingNamespace);
    this.eventingConfigMaps = ofKind('ConfigMap', eventingNamespace);
    this.services = ofKind('Service');
    this.httpRoute = Object.values(ofKind<ApiObject>('HTTPRoute'))[0];
    const accounts = accountsOf(resolvePlatform(options, ''));
    const byComponent = <T>(all: Record<string, T>) =>
      Object.fromEntries(accounts.flatMap(({ component, name }) => (all[name] ? [[component, all[name]]] : [])));
    this.serviceAccounts = byComponent(ofKind<ServiceAccount>('ServiceAccount'));
    this.workloads = byComponent({ ...ofKind<ApiObject>('StatefulSet'), ...ofKind<ApiObject>('Deployment') });
  }

  /**
   * Any object of the platform, to be patched: `platform.apiObject('NetworkPolicy', 'knc-gateway', 'knative-serving').addJsonPatch(…)`.
   * Throws if there is no such object.
   */
  apiObject(kind: string, name: string, namespace?: string): ApiObject {
    const found = this.#objects.get(objectKey(kind, name, namespace)) ?? this.#definition(kind, name);
    if (found) return ApiObject.of(found);
    const known = [...this.#objects.keys()].filter((key) => key.startsWith(`${kind}/`));
    const hint = known.length > 0 ? `there are ${known.join(', ')}` : `there is no ${kind} at all`;
    throw new Error(`${this.node.path} has no ${objectKey(kind, name, namespace)}: ${hint}`);
  }

  #definition(kind: string, name: string): ApiObject | undefined {
    return kind === 'CustomResourceDefinition' ? this.definitions[name] : undefined;
  }
}

const plain = (scope: Construct, object: KubeObject): ApiObject => platformConstruct(scope, object) as ApiObject;
