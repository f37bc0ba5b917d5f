import { rows, stable } from '../../clients/support/text';

const AGE = /^((\d+[smhd])+|<invalid>)$/;

/** A cell, with what differs from run to run written as a word. */
function cell(heading: string, text: string): string {
  if (heading === 'AGE' && AGE.test(text)) return 'AGE';
  return stable(text).replace(/^10(\.\d+){3}$/, 'CLUSTER-IP');
}

/** A printed table by name, then by heading. */
export function table(text: string): Record<string, Record<string, string>> {
  return Object.fromEntries(
    rows(text).map(({ NAME = '', ...row }) => [
      stable(NAME),
      Object.fromEntries(Object.entries(row).map(([heading, value]) => [heading, cell(heading, value)])),
    ]),
  );
}

/** The lines of a watch that has no headings: the cells of each but for the age; those that say what the one before said are left out. */
export function lines(text: string): string[][] {
  const all = text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split(/\s{2,}/)
        .slice(0, 4)
        .map(stable),
    );
  return all.filter((line, i) => i === 0 || line.join() !== all[i - 1]!.join());
}

type Json = Record<string, unknown>;

/** Fields of metadata that the walkthrough leaves out of what it prints. */
const LEFT_OUT = ['creationTimestamp', 'resourceVersion', 'uid', 'managedFields'];

/** An object, with what differs from run to run written as a word. */
export function object<T extends { readonly metadata: object }>(given: T): Json {
  const text = stable(JSON.stringify(given)).replace(/"10(\.\d+){3}"/g, '"CLUSTER-IP"');
  const { metadata, ...rest } = JSON.parse(text) as T & Json;
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !LEFT_OUT.includes(key))) };
}
