import {
  apiVersionOf,
  eventAttributesOf,
  findServedType,
  formatIsoDuration,
  isTimeZone,
  knativeTypes,
  parseCron,
  parseIsoDuration,
  readyTypes,
  servedTypes,
} from '../../../../lib/api';
import { eventType, olderEventType } from './support';

test.each([
  ['PT0.2S', 200],
  ['PT1M30S', 90_000],
  ['P1DT12H', 129_600_000],
  ['P2W', 1_209_600_000],
  ['-PT5S', -5000],
  ['+PT1,5S', 1500],
  ['P0', 0],
  ['P0D', 0],
])('the duration %s has %d milliseconds', (text, milliseconds) => {
  expect(parseIsoDuration(text)).toBe(milliseconds);
});

test.each(['', 'P', 'PT', '5s', 'P1S', 'PT1D', 'P1M2Y', 'pt1s', 'PT1.S'])('%j is no duration', (text) => {
  expect(parseIsoDuration(text)).toBeUndefined();
});

test.each([
  [0, 'PT0S'],
  [200, 'PT0.2S'],
  [90_000, 'PT1M30S'],
  [3_600_000, 'PT1H'],
  [129_600_000, 'PT36H'],
  [-5000, '-PT5S'],
])('%d milliseconds are written %s, and read back', (milliseconds, text) => {
  expect(formatIsoDuration(milliseconds)).toBe(text);
  expect(parseIsoDuration(text)).toBe(milliseconds);
});

test('a schedule has the values of its fields', () => {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = parseCron('*/20 0-10/5,30 9 1 jan-MAR mon,5');
  expect([second, minute, hour, dayOfMonth, month, dayOfWeek].map((values) => [...values!])).toEqual([
    [0, 20, 40],
    [0, 5, 10, 30],
    [9],
    [1],
    [1, 2, 3],
    [1, 5],
  ]);
  expect(parseCron('5/15 * * ? *')).toMatchObject({
    second: new Set([0]),
    minute: new Set([5, 20, 35, 50]),
    dayOfMonth: undefined,
  });
  expect(parseCron(' @hourly ')).toEqual(parseCron('0 * * * *'));
});

test.each([
  ['', 'empty spec string'],
  ['* * *', 'expected 5 to 6 fields, found 3: [* * *]'],
  ['@never', 'unrecognized descriptor: @never'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/1/2 * * * *', 'too many slashes: */1/2'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
])('the schedule %j is refused', (text, message) => {
  expect(() => parseCron(text)).toThrow(message);
});

test('a schedule may begin with its time zone', () => {
  expect(parseCron('CRON_TZ=Europe/Paris 0 9 * * *')).toEqual({ ...parseCron('0 9 * * *'), timeZone: 'Europe/Paris' });
  expect(parseCron('TZ=UTC @daily').timeZone).toBe('UTC');
  expect(() => parseCron('TZ=Mars/Base 0 9 * * *')).toThrow('provided bad location Mars/Base: unknown time zone Mars/Base');
  expect(() => parseCron('TZ=UTC')).toThrow('expected 5 to 6 fields, found 0: []');
});

test('time zones are those that the runtime knows', () => {
  expect(['UTC', 'Europe/Paris', 'Mars/Base', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});

test('event types of both versions say the same attributes', () => {
  const older = olderEventType({ type: 'a', source: '/x', schema: 'http://s' });
  expect(eventAttributesOf(older as never).map(({ name, value }) => [name, value])).toEqual([
    ['type', 'a'],
    ['source', '/x'],
    ['specversion', undefined],
    ['id', undefined],
    ['dataschema', 'http://s'],
  ]);
  expect(eventAttributesOf(eventType() as never).map(({ name }) => name)).toEqual(['type', 'source', 'specversion', 'id']);
});

test('every kind of Knative that is known is served here, and is found by its name', () => {
  expect(knativeTypes.filter((type) => !servedTypes.includes(type))).toEqual([]);
  expect(readyTypes.filter((type) => !servedTypes.includes(type))).toEqual([]);
  for (const type of knativeTypes) expect(findServedType(apiVersionOf(type), type.kind)).toBe(type);
});
