import type { Output } from '../io';
import { type Problem, problemJson } from '../output/problem';
import { type WhyNode, whyLine } from '../why/why-node';
import type { Access, DevReporter, ObjectChange, PodLine, Reachable, ScaleDecision } from './dev-events';

/** One JSON object a line, each with an `event`. Fields may be added; none changes its meaning. */
export class JsonReporter implements DevReporter {
  #waiting = '';

  constructor(private readonly stdout: Output) {}

  progress(text: string): void {
    this.#event('progress', { text });
  }

  output(text: string): void {
    this.#event('output', { text });
  }

  notice(text: string): void {
    this.#event('notice', { text });
  }

  metrics(url: string): void {
    this.#event('metrics', { url });
  }

  applied(changes: readonly ObjectChange[]): void {
    this.#event('applied', { objects: changes });
  }

  waiting(nodes: readonly WhyNode[]): void {
    const services = nodes.map((node) => ({ name: node.name, namespace: node.namespace, why: whyLine(node) }));
    const line = JSON.stringify(services);
    if (services.length > 0 && line !== this.#waiting) this.#event('waiting', { services });
    this.#waiting = line;
  }

  ready({ gateway, kubeconfig, state }: Access, reachable: readonly Reachable[], elapsedMs: number): void {
    const lines = (kind: string) =>
      reachable
        .filter((one) => one.kind === kind)
        .map(({ name, namespace, url, host, tags }) => ({
          name,
          namespace,
          url,
          host,
          ...(Object.keys(tags).length > 0 ? { tags } : {}),
        }));
    const [routes, domains] = [lines('Route'), lines('DomainMapping')];
    const brokers = reachable.flatMap(({ namespace, name, url, host, triggers }) =>
      triggers ? [{ name, namespace, url, host, triggers }] : [],
    );
    const endpoints = reachable.flatMap(({ kind, namespace, name, url, host, takesEvents }) =>
      takesEvents ? [{ kind, name, namespace, url, host }] : [],
    );
    const sources = reachable.flatMap(({ kind, namespace, name, url, sends }) =>
      sends ? [{ kind, name, namespace, sink: url, ...sends }] : [],
    );
    const more = {
      ...(brokers.length > 0 ? { brokers } : {}),
      ...(endpoints.length > 0 ? { endpoints } : {}),
      ...(sources.length > 0 ? { sources } : {}),
      ...(routes.length > 0 ? { routes } : {}),
      ...(domains.length > 0 ? { domains } : {}),
    };
    const api = { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(state === undefined ? {} : { state }) };
    this.#event('ready', { gateway, ...api, services: lines('Service'), ...more, elapsedMs: Math.round(elapsedMs) });
  }

  scale(decision: ScaleDecision): void {
    const { namespace, revision, from, to, reason } = decision;
    this.#event('scale', { namespace, revision, from, to, reason });
  }

  log(service: string, { namespace, pod, container, line }: PodLine): void {
    this.#event('log', { namespace, service, pod, container, line });
  }

  problem(problem: Problem): void {
    this.#event('error', problemJson(problem));
  }

  typeErrors(text: string): void {
    this.#event('types', { text });
  }

  stopping(pods: readonly string[]): void {
    this.#event('stopping', { pods });
  }

  stopped(): void {
    this.#event('stopped', {});
  }

  #event(event: string, fields: Record<string, unknown>): void {
    this.stdout.write(`${jsonLine({ event, ...fields })}\n`);
  }
}

/** JSON in which the control characters are escaped that JSON itself lets through. */
const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(/[\x7f-\x9f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
