/** For what Pulumi waits before a resource counts as created or updated. */
export interface AwaitProps {
  /** How long at most. @default - the provider's: 600 seconds */
  readonly timeoutSeconds?: number;
  /**
   * Conditions that must all be true, by type; or, with an equals sign, expressions of `pulumi.com/waitFor`, such as
   * `jsonpath={.status.url}`.
   * @default ['Ready']
   */
  readonly conditions?: readonly string[];
}

/**
 * The annotations by which the Kubernetes provider of Pulumi waits for a resource of its own kind.
 * @see https://www.pulumi.com/registry/packages/kubernetes/
 */
export function awaitAnnotations(props: false | AwaitProps = {}): Record<string, string> {
  if (props === false) return { 'pulumi.com/skipAwait': 'true' };
  const conditions = (props.conditions ?? ['Ready']).map((text) => (text.includes('=') ? text : `condition=${text}`));
  return {
    'pulumi.com/waitFor': conditions.length === 1 ? conditions[0]! : JSON.stringify(conditions),
    ...(props.timeoutSeconds === undefined ? {} : { 'pulumi.com/timeoutSeconds': String(props.timeoutSeconds) }),
  };
}
