import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { ServiceType } from '../../lib/api';
import { type KnServiceProps, resolveContentHash, type Service, serviceObject, serviceProblems } from '../model';
import { type ComponentArgs, KnComponent } from './component';
import type { DeepInputs } from './inputs';
import type { Transform } from './transform';

/** Arguments of `KnService`: the props of the cdk8s construct of that name, each an `Input` at every depth. */
export interface KnServiceArgs extends DeepInputs<Omit<KnServiceProps, 'local' | 'silence'>>, ComponentArgs {
  /** Changes the Service before it is made. @default - none */
  readonly transform?: { readonly service?: Transform };
}

/**
 * A Knative service, made from the same model as the cdk8s construct. Its name is that of the component unless `name` or
 * `metadata.name` says otherwise: it is a part of the URL, so Pulumi does not append to it.
 *
 * @example
 * const hello = new KnService('hello', { image: image.ref, scale: { max: 10 } });
 * export const url = hello.url;
 * @see https://knative.dev/docs/serving/services/
 */
export class KnService extends KnComponent<Omit<KnServiceProps, 'local' | 'silence'>, Service> {
  /** The newest revision that became ready. */
  readonly latestReadyRevisionName: Output<string | undefined>;
  /** The name of the revision that the template makes; undefined where Knative generates it. */
  readonly revisionName: Output<string | undefined>;

  constructor(name: string, args: KnServiceArgs, opts?: ComponentResourceOptions) {
    const { transform, ...rest } = args;
    super('knative-constructs:serving:KnService', name, recipe, rest, transform?.service, opts);
    this.latestReadyRevisionName = this.resource.status.apply((status) => status?.latestReadyRevisionName);
    this.revisionName = this.resource.spec.apply((spec) => spec.template.metadata?.name);
    this.registerOutputs({
      name: this.name,
      namespace: this.namespace,
      url: this.url,
      latestReadyRevisionName: this.latestReadyRevisionName,
      revisionName: this.revisionName,
    });
  }
}

const recipe = {
  type: ServiceType,
  child: 'service',
  object: serviceObject,
  problems: serviceProblems,
  complete: resolveContentHash,
};
