import type { Problem } from '../output/problem';
import type { WhyNode } from '../why/why-node';

/** What applying did to one object. */
export interface ObjectChange {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly change: 'created' | 'configured' | 'unchanged' | 'pruned';
}

/** A service, route, domain or receiver of events that answers, or a source that sends. */
export interface Reachable {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /**
   * A URL with the gateway's port that needs no DNS server, if the host allows for one; else the gateway's own. Of a service that
   * is visible inside the cluster alone: the URL by which other services call it.
   */
  readonly url: string;
  /** Other services alone can call it. */
  readonly internal: boolean;
  /** What the Host header must say. */
  readonly host: string;
  /** Hosts of its traffic tags by tag. */
  readonly tags: Readonly<Record<string, string>>;
  /** Of a broker: who gets its events, by the names of triggers. */
  readonly triggers?: Readonly<Record<string, string>>;
  /** It takes events, as a channel, a Sequence or a JobSink does. */
  readonly takesEvents?: true;
  /** It is a source: `url` is where it sends; `schedule` says when, if it goes by the clock. */
  readonly sends?: { readonly schedule?: string };
}

/** How to reach the system as a whole. */
export interface Access {
  /** `http://127.0.0.1:PORT`. */
  readonly gateway: string;
  /** Path of a kubeconfig for `kubectl` and other clients. */
  readonly kubeconfig?: string | undefined;
  /** The state folder, if it is kept. */
  readonly state?: string | undefined;
}

export interface ScaleDecision {
  readonly namespace: string;
  readonly revision: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface PodLine {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly line: string;
}

/** Everything that a person or a program learns from `knc dev`, in the order in which it happens. */
export interface DevReporter {
  /** Work has begun: `synthesizing examples/hello`, or `hello.ts changed`. */
  progress(text: string): void;
  /** What the app itself printed. */
  output(text: string): void;
  /** Something worth knowing that stops nothing. */
  notice(text: string): void;
  /** Where Prometheus finds what the runtime measures. */
  metrics(url: string): void;
  applied(changes: readonly ObjectChange[]): void;
  /** What is not ready; called when it changes, and with [] when nothing is waited for any more. */
  waiting(nodes: readonly WhyNode[], elapsedMs: number): void;
  ready(access: Access, reachable: readonly Reachable[], elapsedMs: number): void;
  scale(decision: ScaleDecision): void;
  /** `service` is what the line is shown under. */
  log(service: string, line: PodLine): void;
  problem(problem: Problem): void;
  /** The compiler's complaints, as it prints them. */
  typeErrors(text: string): void;
  /** Pods whose end is awaited. */
  stopping(pods: readonly string[]): void;
  stopped(): void;
}
