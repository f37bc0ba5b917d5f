import type { Io } from '../io';
import { errorBlock } from '../output/error-block';
import { LiveRegion } from '../output/live-region';
import { printable } from '../output/printable';
import type { Problem } from '../output/problem';
import { type Style, styleFor, wantsRedraw } from '../output/style';
import { whyLines } from '../why/format-why';
import { type WhyNode, whyLine } from '../why/why-node';
import type { Access, DevReporter, ObjectChange, PodLine, Reachable, ScaleDecision } from './dev-events';

/** What to type where nothing has been applied. */
const FIRST_STEPS = ['kn service create hello --image ghcr.io/knative/helloworld-go', 'kubectl apply -f service.yaml'];

/** Trees of more services than this are cut. */
const MOST_TREES = 8;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const objectText = ({ kind, namespace, name }: ObjectChange): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** Text for people, on stderr: a tree that is redrawn in place on a terminal, plain lines elsewhere. */
export class HumanReporter implements DevReporter {
  readonly #style: Style;
  readonly #live: LiveRegion | undefined;
  readonly #colors: readonly ((text: string) => string)[];
  readonly #services: string[] = [];
  #said = new Map<string, string>();
  /** The addresses that were printed last. */
  #told = '';

  constructor(private readonly io: Pick<Io, 'env' | 'stderr'>) {
    const style = styleFor(io, io.stderr);
    this.#style = style;
    this.#live = wantsRedraw(io.env, io.stderr) ? new LiveRegion(io.stderr) : undefined;
    this.#colors = [style.cyan, style.magenta, style.yellow, style.green, style.blue];
  }

  progress(text: string): void {
    this.#print(this.#style.dim(text));
  }

  output(text: string): void {
    this.#print(this.#foreign(text.replace(/\n$/, '')));
  }

  notice(text: string): void {
    this.#print(`${this.#style.yellow('note')} ${printable(text)}`);
  }

  metrics(url: string): void {
    this.#print(`metrics ${this.#style.cyan(url)}`);
  }

  applied(changes: readonly ObjectChange[]): void {
    const counts = new Map<string, number>();
    for (const { change } of changes) counts.set(change, (counts.get(change) ?? 0) + 1);
    const summary = [...counts].map(([change, count]) => `${count} ${change}`).join(', ');
    this.#print(`applied: ${summary || 'nothing'}`);
    const isFirst = changes.every(({ change }) => change === 'created');
    if (isFirst) return;
    for (const one of changes) if (one.change !== 'unchanged') this.#print(`  ${objectText(one)} ${one.change}`);
  }

  waiting(nodes: readonly WhyNode[], elapsedMs: number): void {
    if (this.#live) {
      const shown = nodes
        .slice(0, MOST_TREES)
        .flatMap((node) => whyLines(node, this.#style, this.io.stderr.columns || undefined));
      const rest = nodes.length > MOST_TREES ? [this.#style.dim(`and ${nodes.length - MOST_TREES} more`)] : [];
      const head = `waiting for ${nodes.length} of what was applied  ${this.#style.dim(seconds(elapsedMs))}`;
      this.#live.show(nodes.length === 0 ? [] : ['', head, ...shown, ...rest]);
      return;
    }
    const said = new Map<string, string>();
    for (const node of nodes.filter(({ state }) => state === 'waiting')) {
      // What has failed is told as a whole, once, by `problem`.
      const name = `${node.kind} ${node.namespace}/${node.name}`;
      const text = whyLine(node);
      if (this.#said.get(name) !== text) this.#print(`waiting for ${name}: ${printable(text)}`);
      said.set(name, text);
    }
    this.#said = said;
  }

  ready({ gateway, kubeconfig, state }: Access, reachable: readonly Reachable[], elapsedMs: number): void {
    const { bold, green, dim, cyan } = this.#style;
    this.#print(`${green('ready')} in ${seconds(elapsedMs)}${reachable.length === 0 ? `, gateway ${gateway}` : ''}`);
    const told = JSON.stringify([gateway, reachable]);
    if (told === this.#told) return;
    this.#told = told;
    for (const { kind, namespace, name, url, internal, host, tags, triggers, takesEvents, sends } of reachable) {
      const title = kind === 'Service' ? `${namespace}/${name}` : `${kind} ${namespace}/${name}`;
      if (triggers) {
        this.#print(`\n  ${bold(title)}  ${cyan(url)}`);
        for (const [trigger, to] of Object.entries(triggers)) this.#print(`  ${dim(`trigger ${trigger} → ${printable(to)}`)}`);
        if (Object.keys(triggers).length === 0) this.#print(`  ${dim('no trigger yet: its events are dropped')}`);
        continue;
      }
      if (sends) {
        const when = sends.schedule === undefined ? '' : `${sends.schedule}  `;
        this.#print(`\n  ${bold(title)}  ${printable(when)}${dim(`→ ${printable(url)}`)}`);
        continue;
      }
      if (takesEvents) {
        this.#print(`\n  ${bold(title)}  ${cyan(url)}`);
        continue;
      }
      if (internal) {
        this.#print(`\n  ${bold(title)}  ${cyan(url)} ${dim('(for other services only)')}`);
        continue;
      }
      this.#print(`\n  ${bold(title)}  ${cyan(url)}\n  ${dim(`curl -H 'Host: ${host}' ${gateway}`)}`);
      for (const [tag, tagHost] of Object.entries(tags)) {
        this.#print(`  ${dim(`${tag}: curl -H 'Host: ${tagHost}' ${gateway}`)}`);
      }
    }
    if (kubeconfig !== undefined) this.#print(`\n  ${dim(`kubectl  export KUBECONFIG=${kubeconfig}`)}`);
    if (reachable.some(({ triggers, takesEvents, sends }) => triggers ?? takesEvents ?? sends))
      this.#print(
        `  ${dim(`events   knc events${state === undefined && kubeconfig ? ` --kubeconfig ${kubeconfig}` : ''} follows them`)}`,
      );
    if (state !== undefined) this.#print(`  ${dim(`state    ${state}`)}`);
    if (kubeconfig !== undefined && reachable.length === 0) {
      this.#print(`\n  nothing runs yet; in another terminal, with that KUBECONFIG:\n  ${FIRST_STEPS.join('\n  ')}`);
    }
    this.#print('');
  }

  scale({ revision, from, to, reason }: ScaleDecision): void {
    const arrow = to > from ? this.#style.green('→') : this.#style.yellow('→');
    this.#print(`${revision}  ${from} ${arrow} ${to}  ${this.#style.dim(`(${reason})`)}`);
  }

  log(service: string, { line }: PodLine): void {
    if (!this.#services.includes(service)) this.#services.push(service);
    const color = this.#colors[this.#services.indexOf(service) % this.#colors.length]!;
    this.#print(`${color(`${service} |`)} ${this.#foreign(line)}`);
  }

  problem(problem: Problem): void {
    this.#print(`\n${errorBlock(problem, this.#style)}`);
  }

  typeErrors(text: string): void {
    this.#print(`\n${this.#style.yellow(this.#style.bold('type errors'))} ${this.#style.dim('(the app runs all the same)')}`);
    this.#print(text.trimEnd().replace(/^(?!$)/gm, '  '));
  }

  stopping(pods: readonly string[]): void {
    if (pods.length === 0) return;
    const names = pods.length > 5 ? `${pods.slice(0, 5).join(', ')} and ${pods.length - 5} more` : pods.join(', ');
    this.#print(`stopping, waiting for ${pods.length === 1 ? 'pod' : `${pods.length} pods`} ${names} (Ctrl-C again: at once)`);
  }

  stopped(): void {
    this.#print('stopped');
  }

  /** What others print keeps its colours where ours are shown. */
  #foreign(text: string): string {
    return printable(text, this.#style.isColorSupported);
  }

  #print(text: string): void {
    if (this.#live) this.#live.print(`${text}\n`);
    else this.io.stderr.write(`${text}\n`);
  }
}
