import * as pulumi from '@pulumi/pulumi';
import type { ModelObject, WarningRule } from '../model';
import { EventGraph, findingLine, type GraphFinding, type GraphObject, graphFindings, identityOf, linksOf } from '../model';

/** A component of the program, and what it says of objects that others make. */
export interface GraphPart {
  /** Its name in the program. */
  readonly name: string;
  readonly component: pulumi.Resource;
  readonly silence: readonly WarningRule[];
  /** As it is made in the end. */
  readonly object: pulumi.Output<ModelObject>;
  /** Resources among its arguments that are no components of ours. */
  readonly others: pulumi.Output<readonly OtherResource[]>;
}

/** A resource by what references are made from. */
export interface OtherResource {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
}

interface Settled {
  readonly part: GraphPart;
  readonly object: ModelObject;
  readonly others: readonly OtherResource[];
}

/** What Pulumi keeps in an output besides what it declares. */
interface OutputState<T> {
  promise(): Promise<T>;
  readonly isKnown: Promise<boolean>;
}

const stateOf = <T>(output: pulumi.Output<T>) => output as unknown as OutputState<T>;

/** The value, or undefined if it is not known before the update, or making it failed, which is told by itself. */
async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const state = stateOf(output);
  try {
    const value = await state.promise();
    return (await state.isKnown) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function settle(part: GraphPart): Promise<Settled | undefined> {
  const [object, others] = await Promise.all([knownValue(part.object), knownValue(part.others)]);
  return object && others && { part, object, others };
}

/** What cdk8s says of a dangling sink speaks of its constructs. */
const EXISTS = 'Correct the name; or, if it is there already, or the program makes it in another way, silence this.';

/** What components here make; anything else is made elsewhere, and whether it is cannot be seen. */
const OURS = /^[^/]*\.knative\.dev\//;

const lineOf = ({ rule, error }: GraphFinding): string => {
  const told = rule === 'dangling-sink' ? { ...error, remedy: EXISTS } : error;
  return `${findingLine('KNC1101', told)} (silence: '${rule}')`;
};

const graphs = new WeakMap<object, ProgramGraph>();
/** Stands for the stack where there is none: in tests with mocks. */
const NO_STACK = {};

/**
 * The way of events through a Pulumi program: checked once, when the program has run and everything in it is known. A preview in which
 * something is not known yet says nothing.
 */
export class ProgramGraph {
  /** The graph of the program that runs now. */
  static current(): ProgramGraph {
    const stack = pulumi.runtime.getStackResource();
    const known = graphs.get(stack ?? NO_STACK);
    if (known) return known;
    const graph = new ProgramGraph(stack);
    graphs.set(stack ?? NO_STACK, graph);
    return graph;
  }

  #parts: GraphPart[] = [];
  /** Identities of what is there, though it is no part. */
  readonly #existing = new Set<string>();
  #checking = false;
  /** Something was not known: what refers to it cannot be judged. */
  #blind = false;

  private constructor(private readonly stack: { readonly outputs: pulumi.Output<unknown> } | undefined) {}

  add(part: GraphPart): void {
    this.#parts.push(part);
    if (this.#checking) return;
    this.#checking = true;
    // Without it Pulumi may end before the check, which waits for everything else.
    const done = pulumi.runtime.rpcKeepAlive();
    this.#whenComplete()
      .then((settled) => this.#check(settled))
      .finally(() => {
        this.#checking = false;
        done();
      });
  }

  /** Everything that the program has made; undefined if that is not known. */
  async #whenComplete(): Promise<readonly Settled[] | undefined> {
    try {
      if (this.stack) await stateOf(this.stack.outputs).promise();
    } catch {
      return undefined; // the program broke off: what it would have made is not known
    }
    for (;;) {
      const parts = [...this.#parts];
      const settled = (await Promise.all(parts.map(settle))).filter((one) => one !== undefined);
      if (parts.length < this.#parts.length) continue;
      this.#parts = [];
      this.#blind ||= settled.length < parts.length;
      return this.#blind ? undefined : settled;
    }
  }

  async #check(settled: readonly Settled[] = []): Promise<void> {
    const owners = new Map<GraphObject, GraphPart>();
    for (const { part, object, others } of settled) {
      owners.set({ object, path: part.name, silence: part.silence }, part);
      const { namespace = '' } = object.metadata ?? {};
      for (const { apiVersion, kind, name } of others) {
        if (apiVersion && kind && name) this.#existing.add(identityOf(apiVersion, kind, namespace, name));
      }
    }
    for (const { to } of [...owners.keys()].flatMap(linksOf)) if (!OURS.test(to)) this.#existing.add(to);
    const findings = graphFindings(new EventGraph([...owners.keys()], this.#existing));
    for (const { object } of settled) {
      const { namespace = '', name = '' } = object.metadata ?? {};
      this.#existing.add(identityOf(object.apiVersion, object.kind, namespace, name));
    }
    await Promise.all(findings.map((finding) => pulumi.log.warn(lineOf(finding), owners.get(finding.owner)?.component)));
  }
}
