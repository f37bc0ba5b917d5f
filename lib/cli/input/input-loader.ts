import path from 'node:path';
import { type AppRunner, loadApp } from './app-input';
import { findImageFile } from './image-file';
import { type InputSource, locate } from './input-source';
import { type LoadedInput, mergeInputs } from './loaded-input';
import { parseYaml } from './parse-yaml';
import { loadYaml } from './yaml-input';

/** Reads what the PATHs of a command line declare, as often as asked: each time anew, but for standard input. */
export class InputLoader {
  #sources: readonly InputSource[] = [];
  #stdin: Promise<string> | undefined;

  constructor(
    private readonly paths: readonly string[],
    private readonly runner: AppRunner,
    private readonly readStdin: () => Promise<string>,
  ) {}

  /** Everything that the paths declare, in their order. Throws the first input's error as a KncError. */
  async load(): Promise<LoadedInput> {
    this.#sources = await Promise.all(this.paths.map((given) => locate(given, this.runner.cwd)));
    const loaded = await Promise.allSettled(this.#sources.map((source) => this.#loadOne(source)));
    return mergeInputs(
      loaded.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      }),
    );
  }

  /** Folders and files in which an edit may change what `load` returns; known once it has been called. */
  get watched(): string[] {
    return this.#sources.flatMap((source) => {
      if (source.kind === 'stdin') return [];
      return source.kind === 'app' ? [source.folder] : [source.path];
    });
  }

  /** Folders of the apps among the inputs. */
  get appFolders(): string[] {
    return this.#sources.flatMap((source) => (source.kind === 'app' ? [source.folder] : []));
  }

  async #loadOne(source: InputSource): Promise<LoadedInput> {
    if (source.kind === 'app') return loadApp(source, this.runner);
    if (source.kind === 'yaml') return loadYaml(source, this.runner.cwd);
    this.#stdin ??= this.readStdin();
    const objects = parseYaml(await this.#stdin, 'stdin');
    return { objects, programs: [], imageFile: findImageFile(path.resolve(this.runner.cwd)), files: [], warnings: [] };
  }
}
