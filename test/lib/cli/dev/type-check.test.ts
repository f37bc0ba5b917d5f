import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { TypeCheck } from '../../../../lib/cli/dev/type-check';
import { root } from '../synth-child';
import { tempFolder } from '../temp-folder';

const TSCONFIG = '{ "compilerOptions": { "strict": true, "types": [] }, "files": ["main.ts"] }';

function app(files: Record<string, string>): string {
  const folder = tempFolder(files);
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

test('type errors of an app are told as its own compiler prints them', async () => {
  const folder = app({ 'tsconfig.json': TSCONFIG, 'main.ts': `const a: number = 'x';\n` });
  const text = await new Promise<string>((resolve) => new TypeCheck({}, resolve).start([folder]));
  expect(text).toBe(`main.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n`);
});

test('an app without a tsconfig.json or without a compiler is not checked', () => {
  const told = jest.fn();
  new TypeCheck({}, told).start([app({ 'main.ts': 'const a: number = "x";' }), tempFolder({ 'tsconfig.json': TSCONFIG })]);
  expect(told).not.toHaveBeenCalled();
});
