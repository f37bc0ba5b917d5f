import { framingFault } from '../../../lib/gateway/screen';

describe('the framing of a request', () => {
  test.each([
    [['Host', 'a', 'Host', 'b'], 'more than one Host'],
    [['Host', 'a', 'host', 'a'], 'more than one Host'],
    [['Content-Length', '1', 'content-length', '1'], 'more than one Content-Length'],
    [['Content-Length', '1, 1'], 'Content-Length is not a number'],
    [['Content-Length', '+1'], 'Content-Length is not a number'],
    [['Content-Length', '5', 'Transfer-Encoding', 'chunked'], 'both Transfer-Encoding and Content-Length'],
    [['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], 'more than one Transfer-Encoding'],
    [['Transfer-Encoding', 'gzip, chunked'], 'a Transfer-Encoding other than chunked'],
    [['Transfer-Encoding', 'xchunked'], 'a Transfer-Encoding other than chunked'],
    [['Host', 'a', 'Content-Length', '5'], undefined],
    [['Host', 'a', 'Transfer-Encoding', 'Chunked'], undefined],
    [['Hast', 'a', 'Hust', 'b'], undefined],
  ] as [string[], string | undefined][])('of %j has the fault: %s', (headers, fault) => {
    expect(framingFault(headers)).toBe(fault);
  });
});
