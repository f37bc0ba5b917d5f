import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nearest } from '../../api/schema/near-miss';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';
import { schemaFiles } from '../schemas/schema-files';
import { UsageError } from '../usage-error';

/** Lists, prints or writes the JSON Schemas of all kinds that this package serves. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const files = schemaFiles();
  const print = (schema: unknown) => `${JSON.stringify(schema, null, 2)}\n`;
  if (typeof options['output'] === 'string') {
    const folder = path.resolve(io.cwd, options['output']);
    for (const { path: name, schema } of files) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(schema)); // for programs: half the size
    }
    io.stderr.write(`wrote ${files.length} files to ${path.relative(io.cwd, folder) || '.'}\n`);
    return exitCodes.ok;
  }
  const [wanted] = args;
  if (wanted === undefined) {
    const names = files.map((file) => file.path);
    io.stdout.write(options['json'] === true ? print(names) : `${names.join('\n')}\n`);
    return exitCodes.ok;
  }
  const found = files.find((file) => file.path === wanted || file.path.replace(/\.json$/, '') === wanted);
  if (!found) {
    const meant = nearest(
      wanted,
      files.map((file) => file.path.replace(/\.json$/, '')),
    );
    throw new UsageError(`there is no schema ${wanted}${meant ? ` (did you mean ${meant}?)` : '; "knc schemas" lists them'}`);
  }
  io.stdout.write(print(found.schema));
  return exitCodes.ok;
}
