import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { transform } from 'sucrase';

/** The parts of node:module that loaders have always hooked and that its types leave out. */
interface ModuleInternals {
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options?: unknown): string;
  _load(request: string, parent: unknown, isMain: boolean): unknown;
  _extensions: Record<string, (module: CompilableModule, file: string) => void>;
}

interface CompilableModule {
  _compile(code: string, file: string): void;
}

const internals = Module as unknown as ModuleInternals;
const TYPESCRIPT = ['.ts', '.tsx', '.cts', '.mts'];
const SHARED = /^(knative-constructs|cdk8s|constructs)(\/|$)/;

const isNotFound = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';

/** Types are dropped, not checked. Lines stay where they are, so stack traces are right without a source map. */
function transpile(file: string): string {
  const code = readFileSync(file, 'utf8');
  try {
    return transform(code, {
      filePath: file,
      transforms: ['typescript', 'imports', ...(file.endsWith('x') ? (['jsx'] as const) : [])],
      disableESTransforms: true,
      production: true,
    }).code;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    const what = message
      .replace(/^Error transforming .*?: /, '')
      .replace(/^SyntaxError: /, '')
      .replace(/ \(\d+:\d+\)$/, '');
    const failure = new SyntaxError(what);
    failure.stack = `SyntaxError: ${what}\n    at ${file}${loc ? `:${loc.line}:${loc.column}` : ''}`;
    throw failure;
  }
}

/** Lets `require` load TypeScript, without checking types. */
export function registerTypeScript(): void {
  for (const extension of TYPESCRIPT) {
    internals._extensions[extension] = (module, file) => module._compile(transpile(file), file);
  }
}

/** In TypeScript `./model.js` may mean `./model.ts`. */
function typeScriptTwin(request: string): string[] {
  if (!/^\.{1,2}\//.test(request)) return [];
  const match = /^(.*)\.([cm]?)js$/.exec(request);
  return match ? [`${match[1]}.${match[2]}ts`, `${match[1]}.tsx`] : [];
}

/**
 * Makes knative-constructs, cdk8s and constructs one copy each for everything that is loaded: the app's own, or the one that
 * knc has. Two copies of cdk8s in one process lose objects.
 */
export function shareOneCopy(folder: string, ownFolder: string): void {
  const resolve = internals._resolveFilename;
  const homes = [createRequire(path.join(folder, 'app.js')), createRequire(path.join(ownFolder, 'package.json'))];
  const tryAll = (attempts: readonly (() => string)[]): string => {
    let first: unknown;
    for (const attempt of attempts) {
      try {
        return attempt();
      } catch (error) {
        if (!isNotFound(error)) throw error;
        first ??= error;
      }
    }
    throw first;
  };
  let inside = false;
  internals._resolveFilename = (request, parent, isMain, options) => {
    const usual = () => resolve(request, parent, isMain, options);
    if (inside || !SHARED.test(request)) {
      return tryAll([usual, ...typeScriptTwin(request).map((twin) => () => resolve(twin, parent, isMain, options))]);
    }
    inside = true;
    try {
      const [app, own] = homes.map((home) => () => home.resolve(request));
      return tryAll([app!, usual, own!]);
    } finally {
      inside = false;
    }
  };
}

/** Calls `onLoad` with the exports of every copy of `name` that is loaded. */
export function onLoad(name: string, onLoad: (exports: unknown) => void): void {
  const load = internals._load;
  internals._load = (request, parent, isMain) => {
    const exports = load(request, parent, isMain);
    if (request === name) onLoad(exports);
    return exports;
  };
}
