import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { apiVersionOf, type ResourceType } from '../../lib/api';

/** Where an object is that exists already. */
export interface ExistingOptions {
  /** @default - the chart's */
  readonly namespace?: string;
}

/** An object that exists already, or is defined elsewhere. */
export class Existing extends Construct {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    type: ResourceType,
    readonly name: string,
    options: ExistingOptions = {},
  ) {
    super(scope, id);
    this.apiVersion = apiVersionOf(type);
    this.kind = type.kind;
    this.namespace = options.namespace ?? Chart.of(scope).namespace;
  }
}

/** An id for a child that no other child has: the wish itself, or with a number after it. */
export function freeId(scope: Construct, wish: string): string {
  let id = wish;
  for (let i = 2; scope.node.tryFindChild(id) !== undefined; i++) id = `${wish}-${i}`;
  return id;
}
