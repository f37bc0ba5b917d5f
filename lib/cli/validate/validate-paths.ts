import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AppRunner, loadApp } from '../input/app-input';
import { type InputSource, locate, yamlFiles } from '../input/input-source';
import type { LoadedObject } from '../input/loaded-input';
import { readYaml } from '../input/parse-yaml';
import { problemOf } from '../output/problem';
import { problemFindings, warningFinding } from './app-findings';
import type { Finding, Validation } from './finding';
import { findingsOf } from './object-findings';

/** What came out of one file or app. */
interface Read {
  readonly source: string;
  readonly objects: readonly LoadedObject[];
  readonly findings: readonly Finding[];
  readonly text?: string;
}

function readText(text: string, source: string): Read {
  const { objects, mistakes } = readYaml(text, source);
  const findings = mistakes.map((mistake): Finding => {
    const { code, text: message, position } = mistake;
    const remedy = code === 'KNC4003' ? { remedy: 'Every document needs apiVersion, kind and metadata.name.' } : {};
    return { level: 'error', code, message, ...remedy, paths: [], file: source, position };
  });
  return { source, objects, findings, text };
}

/** A source that cannot be read is a finding of its own: the others are still looked at. */
async function guarded(source: string, read: () => Promise<Read[]>): Promise<Read[]> {
  try {
    return await read();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code.startsWith('KNC5')) throw error;
    return [{ source, objects: [], findings: problemFindings(problem, source) }];
  }
}

async function readSource(source: InputSource, given: string, runner: AppRunner, stdin: () => Promise<string>): Promise<Read[]> {
  if (source.kind === 'stdin') return [readText(await stdin(), 'stdin')];
  if (source.kind === 'app') {
    const { objects, warnings } = await loadApp(source, runner);
    return [{ source: given, objects, findings: warnings.map(warningFinding) }];
  }
  const isFile = /\.(yaml|yml|json)$/.test(source.path);
  const files = isFile ? [source.path] : await yamlFiles(source.path);
  const shown = (file: string) => {
    const relative = path.relative(runner.cwd, file);
    return relative.startsWith('..') ? file : relative;
  };
  return Promise.all(files.map(async (file) => readText(await readFile(file, 'utf8'), shown(file))));
}

/** Errors first where they stand, top to bottom; what has no place comes first. */
function inOrder(findings: readonly Finding[], sources: readonly string[]): Finding[] {
  const rank = ({ file }: Finding) => (file === undefined ? -1 : sources.indexOf(file));
  const line = ({ position }: Finding) => position?.line ?? 0;
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || line(a) - line(b) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}

/**
 * Reads everything that the paths name and says everything that is wrong with it. One bad document hides none of the others.
 * @param namespace of objects that name none
 */
export async function validatePaths(
  paths: readonly string[],
  runner: AppRunner,
  readStdin: () => Promise<string>,
  namespace: string,
): Promise<Validation> {
  const reads = await Promise.all(
    paths.map((given) => guarded(given, async () => readSource(await locate(given, runner.cwd), given, runner, readStdin))),
  );
  const all = reads.flat();
  const sources = [...new Set(all.map(({ source }) => source))];
  const once = [...new Map(all.map((read) => [read.source, read])).values()];
  const objects = once.flatMap((read) => read.objects);
  const own = once.flatMap((read) => read.findings);
  const known = own.filter(({ level }) => level === 'warning').map(({ message }) => message);
  const texts = new Map(once.flatMap(({ source, text }) => (text === undefined ? [] : [[source, text] as const])));
  return {
    findings: inOrder([...own, ...findingsOf(objects, namespace, known)], sources),
    objects: objects.length,
    sources,
    texts,
  };
}
