import type { CustomResourceOptions, Input } from '@pulumi/pulumi';

/** What a child resource is made from, before validation. */
export interface ResourceArgs {
  readonly apiVersion: string;
  readonly kind: string;
  metadata: Input<Record<string, unknown>>;
  spec: Input<Record<string, unknown>>;
}

/**
 * Changes a child resource before it is made: arguments that replace those of the same name, or a function that changes
 * arguments and options in place. It wins over everything else; what comes out of it is validated.
 */
export type Transform = Partial<ResourceArgs> | ((args: ResourceArgs, opts: CustomResourceOptions, name: string) => void);

/** Applies a transform; `opts` may be changed by it. */
export function applyTransform(
  transform: Transform | undefined,
  args: ResourceArgs,
  opts: CustomResourceOptions,
  name: string,
): ResourceArgs {
  if (typeof transform !== 'function') return { ...args, ...transform };
  const changed = { ...args };
  transform(changed, opts, name);
  return changed;
}
