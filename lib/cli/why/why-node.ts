import type { KubeObject } from '../../api';
import type { ErrorCode } from '../../base';

/** `waiting` may still come right by itself; `failed` will not, or not soon. */
export type WhyState = 'ready' | 'waiting' | 'failed';

/** What is the matter with one object. */
export interface Trouble {
  readonly state: WhyState;
  /** One word: `CrashLoopBackOff`, `RevisionMissing`. */
  readonly reason?: string;
  readonly message?: string;
  /** The error that a failure is. */
  readonly code?: ErrorCode;
  /** Waiting will not help: only an edit will. */
  readonly final?: boolean;
}

/** One object on the way from a service down to a container, and what it waits for. */
export interface WhyNode extends Trouble {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly children: readonly WhyNode[];
  /** What the container printed last. */
  readonly logs: readonly string[];
}

const SEVERITY: Record<WhyState, number> = { ready: 0, waiting: 1, failed: 2 };

/** True if `a` is worse off than `b`. */
export const isWorse = (a: WhyNode, b: WhyNode): boolean => SEVERITY[a.state] > SEVERITY[b.state];

/** A node over its children: as badly off as the worst of them, unless it is ready all the same. */
export function whyNode(
  object: KubeObject,
  trouble: Trouble,
  children: readonly WhyNode[],
  logs: readonly string[] = [],
): WhyNode {
  const { kind, metadata } = object;
  const failed = trouble.state !== 'ready' && children.some((child) => child.state === 'failed');
  const state = failed ? 'failed' : trouble.state;
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '', ...trouble, state, children, logs };
}

/** The child to blame: the first of the worst ones that are not ready. */
function worstChild({ children }: WhyNode): WhyNode | undefined {
  return children
    .filter((child) => child.state !== 'ready')
    .reduce<WhyNode | undefined>((worst, child) => (worst === undefined || isWorse(child, worst) ? child : worst), undefined);
}

/** From this node down to the deepest one that is not ready: the chain of causes, the root cause last. */
export function causes(node: WhyNode): WhyNode[] {
  const child = node.state === 'ready' ? undefined : worstChild(node);
  return child ? [node, ...causes(child)] : [node];
}

/** The deepest cause. */
export const rootCause = (node: WhyNode): WhyNode => causes(node).at(-1)!;

/** `CrashLoopBackOff: exit code 1`. */
export function troubleText({ reason, message }: Trouble): string {
  return [reason, message].filter(Boolean).join(': ') || 'not ready yet';
}

/** `Pod hello-00001-x: CrashLoopBackOff: user-container ended with exit code 1`. */
export function whyText(node: WhyNode): string {
  return `${node.kind} ${node.name}: ${troubleText(node)}`;
}

/** The root cause on one line. */
export function whyLine(node: WhyNode): string {
  return whyText(rootCause(node)).split('\n')[0]!;
}

/** What is the matter with an object, and below it what its container printed last. */
export function causeText(cause: WhyNode): string {
  return [whyText(cause), ...cause.logs.map((line) => `| ${line}`)].join('\n');
}
