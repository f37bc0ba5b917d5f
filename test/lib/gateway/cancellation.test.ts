import { Cancellation, toAbortSignal } from '../../../lib/gateway/cancellation';

describe('a cancellation', () => {
  test('calls its listeners once, in order, with the first reason', () => {
    const cancellation = new Cancellation();
    const calls: string[] = [];
    const removed = () => calls.push('removed');
    cancellation.addEventListener('abort', () => calls.push('a'));
    cancellation.addEventListener('abort', removed);
    cancellation.addEventListener('abort', () => calls.push('b'));
    cancellation.removeEventListener('abort', removed);
    cancellation.abort('first');
    cancellation.abort('second');
    expect([calls, cancellation.aborted, cancellation.reason]).toEqual([['a', 'b'], true, 'first']);
  });

  test('becomes an AbortSignal, before or after it is switched', () => {
    const cancellation = new Cancellation();
    const signal = toAbortSignal(cancellation);
    expect(signal.aborted).toBe(false);
    cancellation.abort('reason');
    expect([signal.reason, toAbortSignal(cancellation).reason]).toEqual(['reason', 'reason']);
  });

  test('leaves an AbortSignal what it is', () => {
    const { signal } = new AbortController();
    expect(toAbortSignal(signal)).toBe(signal);
  });
});
