import { isRecord } from './shape';

/** An amount of memory or storage with the shape of cdk8s `Size`. */
export interface SizeLike {
  /** The amount with its unit, as Kubernetes writes it: `64Mi`. */
  asString(): string;
}

/** An amount of processor time with the shape of `Cpu` of any `cdk8s-plus-NN`. */
export interface CpuLike {
  /** The amount as Kubernetes writes it: `100m`. */
  readonly amount: string;
}

/** A Kubernetes quantity (`'100m'`, `'64Mi'`, `2`), or cdk8s `Size`, or `Cpu` of any `cdk8s-plus-NN`. */
export type QuantityInput = string | number | SizeLike | CpuLike;

/** The quantity as text. What is no quantity is left as it is, for validation to name. */
export function quantity(input: QuantityInput): string {
  if (typeof input === 'number') return String(input);
  if (!isRecord(input)) return input as string;
  return 'asString' in input ? (input as SizeLike).asString() : (input as CpuLike).amount;
}
