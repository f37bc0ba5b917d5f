import { RealClock } from '../../../lib/base';

const DAY = 24 * 3600 * 1000;

describe('the real clock', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('waits for 60 days, though timers of Node run for 24 at most', () => {
    const fired = jest.fn();
    new RealClock().after(60 * DAY, fired);
    jest.advanceTimersByTime(60 * DAY - 1);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });

  test('forgets a timer of 60 days that is cancelled on the way', () => {
    const fired = jest.fn();
    const timer = new RealClock().after(60 * DAY, fired);
    jest.advanceTimersByTime(30 * DAY);
    timer.cancel();
    jest.advanceTimersByTime(60 * DAY);
    expect(fired).not.toHaveBeenCalled();
  });
});
