import type { KubeObject } from '../../api';
import type { LocalProgram } from '../../local/images';
import type { ImageFile } from './image-file';
import type { TextPosition } from './yaml-position';

/** An object and where a person wrote it. */
export interface LoadedObject {
  readonly object: KubeObject;
  /** `hello.yaml`, `hello.yaml, document 2`, `construct app/hello`. */
  readonly source: string;
  /** An app made it: its constructs have validated themselves. */
  readonly synthesized: boolean;
  /** The YAML file, as `source` names it; undefined where no file of the user's holds the object. */
  readonly file?: string;
  /** Where in the file a field stands: `spec.traffic[0].percent`. */
  readonly position?: (path: string) => TextPosition;
}

/** Everything that one or more paths declare. */
export interface LoadedInput {
  readonly objects: readonly LoadedObject[];
  /** What the app said under `local:`. */
  readonly programs: readonly LocalProgram[];
  /** The knc.images.yaml that goes with the input. */
  readonly imageFile: ImageFile | undefined;
  /** The files that were read or run, outside node_modules. */
  readonly files: readonly string[];
  /** What the app's constructs warned of. */
  readonly warnings: readonly string[];
}

/** Puts several inputs together in order; the first that has a knc.images.yaml gives it. */
export function mergeInputs(inputs: readonly LoadedInput[]): LoadedInput {
  return {
    objects: inputs.flatMap((input) => input.objects),
    programs: inputs.flatMap((input) => input.programs),
    imageFile: inputs.map((input) => input.imageFile).find((file) => file !== undefined),
    files: [...new Set(inputs.flatMap((input) => input.files))],
    warnings: inputs.flatMap((input) => input.warnings),
  };
}
