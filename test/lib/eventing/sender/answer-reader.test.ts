import { type Answer, AnswerReader, MAX_ANSWER } from '../../../../lib/eventing/sender/answer-reader';

/** The answer that these bytes make, given in pieces of a size; `end` if the connection must end for it. */
function read(bytes: string | Buffer, size = Number.POSITIVE_INFINITY): Answer | undefined | 'needs the end' {
  const reader = new AnswerReader();
  const whole = Buffer.from(bytes as string, 'latin1');
  for (let at = 0; at < whole.length; at += size) {
    const answer = reader.push(whole.subarray(at, at + size));
    if (answer) return answer;
  }
  return reader.end() ? 'needs the end' : undefined;
}

const OK = 'HTTP/1.1 200 OK\r\n';

describe('an answer over HTTP/1.1', () => {
  test.each([
    ['a length', `${OK}Content-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello`],
    ['chunks', `${OK}Transfer-Encoding: chunked\r\nX-A: 1\r\nx-a:2\r\n\r\n2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\nTrailer: t\r\n\r\n`],
    [
      'heads of its own before it',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX-A: 9\r\n\r\n${OK}X-A: 1, 2\r\nContent-Length: 5\r\n\r\nhello`,
    ],
  ])('with %s is the same however it is cut', (_what, bytes) => {
    for (let size = 1; size <= bytes.length; size++) {
      expect(read(bytes, size)).toMatchObject({
        status: 200,
        body: Buffer.from('hello'),
        reusable: true,
        headers: { 'x-a': '1, 2' },
      });
    }
  });

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['202 without a body', 'HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n'],
  ])('%s ends with its head', (_what, bytes) => {
    expect(read(bytes)).toMatchObject({ body: Buffer.alloc(0), reusable: true });
  });

  test('without a length ends with its connection', () => {
    expect(read(`${OK}\r\nhello`)).toBe('needs the end');
  });

  test.each([
    ['that says so', `${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['that more follows', `${OK}Content-Length: 0\r\n\r\nHTTP/1.1 500 Smuggled\r\n\r\n`],
  ])('%s is the last on its connection', (_what, bytes) => {
    expect(read(bytes)).toMatchObject({ reusable: false });
  });

  test('tells how long its connection is kept', () => {
    expect(read(`${OK}Keep-Alive: timeout=5, max=9\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ keptSeconds: 5 });
  });

  test('takes blanks around values for nothing, however many there are', () => {
    const value = `x${' '.repeat(60_000)}y`;
    expect(read(`${OK}X-A: \t${value}\t \r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ headers: { 'x-a': value } });
  });

  test('that comes in chunks of a byte is the same', () => {
    const body = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));
    const chunks = [...body].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('');
    expect(read(`${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)).toMatchObject({ body, reusable: true });
  });

  test('is cut at a megabyte, however it is framed', () => {
    const body = 'x'.repeat(MAX_ANSWER + 1);
    const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n${(body.length + 9).toString(16)}\r\n${body}`;
    for (const bytes of [`${OK}Content-Length: ${body.length + 9}\r\n\r\n${body}`, `${OK}\r\n${body}`, chunked]) {
      const answer = read(bytes) as Answer;
      expect([answer.body.length, answer.truncated, answer.reusable]).toEqual([MAX_ANSWER, true, false]);
    }
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['a signed length', `${OK}Content-Length: +1\r\n\r\n`],
    ['a length and chunks', `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['a coding that nobody asked for', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ['a folded line', `${OK}X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`],
    ['a space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
    ['a line without a colon', `${OK}nothing\r\n\r\n`],
    ['a change of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a chunk without a size', `${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
    ['a chunk without an end', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhello`],
    ['a head without an end', `${OK}X: ${'y'.repeat(70_000)}`],
    ['a chunk size without an end', `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'y'.repeat(5000)}`],
    ['trailers without an end', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: 1\r\n'.repeat(20_000)}`],
  ])('with %s is refused', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(/answer/);
  });
});
