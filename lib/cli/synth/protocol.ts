import type { LocalProgram } from '../../local/images';

/** What the parent tells the synth child, in one environment variable as JSON. */
export interface SynthRequest {
  /** The file to load; undefined when the child is a preload of the app's own command. */
  readonly entry: string | undefined;
  /** Where the app runs. */
  readonly folder: string;
  /** The folder of the package that knc belongs to. */
  readonly ownFolder: string;
  /** Apps are synthesized into subfolders of this one. */
  readonly outFolder: string;
  /** Where the result is written when the process ends. */
  readonly resultFile: string;
}

/** The variable that carries the request. */
export const SYNTH_REQUEST = 'KNC_SYNTH_REQUEST';

/** The type of construct metadata that says what an image means on this machine. */
export const LOCAL_METADATA = 'knative-constructs:local';

/** Where in the construct tree an object was declared. */
export interface ConstructPath {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly path: string;
}

/** An error as it crosses to the parent. */
export interface SynthFailure {
  readonly message: string;
  readonly name: string;
  readonly stack: string;
  /** Of a KncError. */
  readonly code?: string;
  readonly where?: string;
  readonly remedy?: string;
}

/** What the synth child writes when it ends. */
export interface SynthResult {
  /** How often App.synth() was called; 0 means that the app synthesized nothing. */
  readonly apps: number;
  readonly programs: readonly LocalProgram[];
  readonly paths: readonly ConstructPath[];
  /** The app's own source files outside node_modules, for watching. */
  readonly files: readonly string[];
  /** What constructs of this package warned of: `[app/hello] KNC1101 …`. */
  readonly warnings: readonly string[];
  readonly failure?: SynthFailure;
}
