import path from 'node:path';
import { RealClock } from '../../base';
import { findContainerEngine, ImageMap } from '../../local/images';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { imagesReport } from '../images/images-report';
import { imageUses, meanings } from '../images/meanings';
import { writeStubs } from '../images/write-stubs';
import { checkObjects } from '../input/check-objects';
import { IMAGES_FILE } from '../input/image-file';
import { InputLoader } from '../input/input-loader';
import type { Io } from '../io';
import { styleFor } from '../output/style';
import { packageFolder } from '../package-folder';

/** Says of each image of an input what it means on this machine; with `--write`, adds stubs for those that mean nothing. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const runner = appRunner(io, options, { clock: new RealClock(), onOutput: (text) => io.stderr.write(text) });
  const input = await new InputLoader(args, runner, io.readStdin).load();
  const { objects } = checkObjects(input, (options['namespace'] as string | undefined) ?? 'default');
  const { programs, imageFile } = input;
  const map = imageFile && ImageMap.load(imageFile.file, { root: imageFile.root, trusted: options['trustImages'] === true });
  const found = meanings(imageUses(objects.map(({ object }) => object)), {
    local: programs,
    ...(map ? { map } : {}),
    samplesDir: path.join(packageFolder(), 'dist/samples'),
    engine: findContainerEngine(io.env['PATH'] ?? ''),
  });
  const file = imageFile?.file ?? path.join(folderOf(args, io.cwd), IMAGES_FILE);
  const shown = path.relative(io.cwd, file);
  const missing = found.filter(({ meaning }) => meaning === 'none').map(({ image }) => image);
  const written = options['write'] === true ? await writeStubs(file, missing) : [];
  if (options['json'] === true) {
    io.stdout.write(`${JSON.stringify({ images: found, file: shown, written }, null, 2)}\n`);
  } else {
    io.stdout.write(imagesReport(found, { file: shown, written, cwd: io.cwd }, styleFor(io, io.stdout)));
  }
  return missing.length > written.length ? exitCodes.failed : exitCodes.ok;
}

/** Where a knc.images.yaml for these inputs belongs: beside the first of them. */
function folderOf([first = '.']: readonly string[], cwd: string): string {
  if (first === '-') return cwd;
  const full = path.resolve(cwd, first);
  return path.extname(full) ? path.dirname(full) : full;
}
