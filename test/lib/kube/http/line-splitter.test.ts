import fc from 'fast-check';
import { LineSplitter } from '../../../../lib/kube/http/line-splitter';

describe('LineSplitter', () => {
  test('gives the same lines wherever the chunks end, in the middle of a character too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (texts, sizes) => {
          const lines = texts.map((text) => JSON.stringify(text));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const splitter = new LineSplitter();
          const seen: string[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % Math.max(1, sizes.length)] ?? 3;
            seen.push(...splitter.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(seen).toEqual(lines);
        },
      ),
    );
  });

  test('keeps what no line end has come for', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('a\n\nb'))).toEqual(['a']);
    expect(splitter.push(Buffer.from('c\r\n'))).toEqual(['bc\r']);
  });

  test('copes with a line of many megabytes in small chunks', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(16 * 1024, 'x');
    for (let i = 0; i < 1024; i++) expect(splitter.push(chunk)).toEqual([]);
    const [line] = splitter.push(Buffer.from('\n'));
    expect(line).toHaveLength(16 * 1024 * 1024);
  });

  test('refuses a line without end', () => {
    const splitter = new LineSplitter(10);
    expect(() => splitter.push(Buffer.alloc(11, 'x'))).toThrow('a line is longer than 10 bytes');
  });
});
