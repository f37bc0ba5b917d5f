import { RealClock } from '../../../../../lib/base/clock';
import { eventOf } from '../../../../../lib/local/samples/cloudevents-player/event-request';
import { MessageLog } from '../../../../../lib/local/samples/cloudevents-player/message-log';
import { attributes } from './support/player';

const clock = new RealClock();
const content = (id: string, size = 0) =>
  eventOf({ ...attributes, 'ce-id': id, 'content-type': 'text/plain' }, Buffer.alloc(size, 'x'));
const ids = (log: MessageLog) => log.list(0, 1000).map(({ id }) => id);

test('the oldest messages go when there are too many', () => {
  const log = new MessageLog(clock);
  for (let n = 1; n <= 203; n++) log.add(content(String(n)), 'RECEIVED');
  expect(ids(log)).toHaveLength(200);
  expect([ids(log)[0], ids(log).at(-1)]).toEqual(['203', '4']);
});

test('the oldest messages go when they are too large together, and room that is freed is used again', () => {
  const log = new MessageLog(clock, { bytes: 3000 });
  for (const id of ['1', '2', '3', '4']) log.add(content(id, 1000), 'RECEIVED');
  expect(ids(log)).toEqual(['4', '3']);
  log.clear();
  for (const id of ['5', '6']) log.add(content(id, 1000), 'RECEIVED');
  expect(ids(log)).toEqual(['6', '5']);
});

test('what became of a message that is gone is told to who asked, and to nobody else', () => {
  const log = new MessageLog(clock, { messages: 1 });
  const sending = log.add(content('1'), 'SENDING');
  log.add(content('2'), 'RECEIVED');
  log.onChange = () => {
    throw new Error('told');
  };
  expect(log.settle(sending, 'FAILED', 'why')).toMatchObject({ id: '1', type: 'FAILED', failure: 'why' });
  expect(ids(log)).toEqual(['2']);
});
