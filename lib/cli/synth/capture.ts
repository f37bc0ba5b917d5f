import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { LocalProgram } from '../../local/images';
import { type ConstructPath, LOCAL_METADATA } from './protocol';

/** The parts of cdk8s and constructs that are looked at, by shape: the app may have any version of them. */
interface ConstructLike {
  readonly node: {
    readonly path: string;
    readonly metadata: readonly { readonly type: string; readonly data: unknown }[];
    findAll(): ConstructLike[];
    tryFindChild(id: string): ConstructLike | undefined;
  };
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly metadata?: { readonly namespace?: unknown };
}

interface AppLike extends ConstructLike {
  synth(): void;
}

export interface Cdk8sLike {
  readonly App?: { readonly prototype: AppLike };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function constructPath(construct: ConstructLike): ConstructPath[] {
  const [apiVersion, kind, name] = [text(construct.apiVersion), text(construct.kind), text(construct.name)];
  if (!apiVersion || !kind || !name || !construct.metadata) return [];
  const shown = construct.node.path.replace(/\/Resource$/, '');
  return [{ apiVersion, kind, name, namespace: text(construct.metadata.namespace), path: shown }];
}

function programsOf(construct: ConstructLike, folder: string): LocalProgram[] {
  const resource = construct.node.tryFindChild('Resource');
  const service = text(resource?.name);
  if (!resource || !service) return [];
  return construct.node.metadata
    .filter((entry) => entry.type === LOCAL_METADATA)
    .map(({ data }) => {
      const { image, cwd, ...program } = data as { image: string; cwd?: string; command: string[] };
      const namespace = text(resource.metadata?.namespace);
      return { namespace, service, image, program: { ...program, cwd: path.resolve(folder, cwd ?? '.') } };
    });
}

/** Notes what apps synthesize, and sends their files where the parent looks for them. */
export class Capture {
  readonly #apps = new Map<AppLike, string>();
  readonly #patched = new WeakSet<AppLike>();
  readonly #programs = new Map<AppLike, LocalProgram[]>();
  readonly #paths = new Map<AppLike, ConstructPath[]>();

  constructor(
    private readonly folder: string,
    private readonly outFolder: string,
  ) {}

  get apps(): number {
    return this.#apps.size;
  }

  get programs(): LocalProgram[] {
    return [...this.#programs.values()].flat();
  }

  get paths(): ConstructPath[] {
    return [...this.#paths.values()].flat();
  }

  /** Wraps App.synth of one copy of cdk8s; anything else, and a copy already wrapped, is left alone. */
  patch(cdk8s: Cdk8sLike): void {
    const prototype = cdk8s.App?.prototype;
    if (!prototype?.synth || this.#patched.has(prototype)) return;
    this.#patched.add(prototype);
    const capture = this;
    const synth = prototype.synth;
    prototype.synth = function (this: AppLike) {
      const folder = capture.#outFolderOf(this);
      mkdirSync(folder, { recursive: true });
      // An outdir given in code would otherwise win over CDK8S_OUTDIR.
      Object.defineProperty(this, 'outdir', { value: folder, configurable: true, enumerable: true });
      synth.call(this);
      const constructs = this.node.findAll();
      capture.#programs.set(
        this,
        constructs.flatMap((construct) => programsOf(construct, capture.folder)),
      );
      capture.#paths.set(this, constructs.flatMap(constructPath));
    };
  }

  #outFolderOf(app: AppLike): string {
    const known = this.#apps.get(app);
    if (known) return known;
    const folder = path.join(this.outFolder, String(this.#apps.size).padStart(4, '0'));
    this.#apps.set(app, folder);
    return folder;
  }
}
