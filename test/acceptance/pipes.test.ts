import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describeBuilt } from './support/knc';

const program = path.resolve(__dirname, '../../dist/bin/knc.js');

describeBuilt('output that goes into a pipe', () => {
  const piped = (command: string): string =>
    execFileSync('sh', ['-c', `"${process.execPath}" "${program}" ${command}`], { encoding: 'utf8', maxBuffer: 2 ** 24 });

  test('is whole, also where it is more than a pipe takes at a time', () => {
    const text = piped('crds --json | cat');
    expect(text.length).toBeGreaterThan(2 ** 16);
    expect(JSON.parse(text)).toMatchObject({ kind: 'List' });
  });

  test('may be left by its reader', () => expect(piped('crds | head -n 1')).toBe('apiVersion: apiextensions.k8s.io/v1\n'));
});
