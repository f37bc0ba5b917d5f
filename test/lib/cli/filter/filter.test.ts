import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { main } from '../../../../lib/cli/main';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const EVENT = { specversion: '1.0', id: '1', source: '/shop', type: 'order.created', priority: 5, data: { amount: 120 } };

async function filter(args: string[], event: unknown = EVENT): Promise<{ code: number; out: string; err: string }> {
  const io = new FakeIo({ cwd: tempFolder() });
  writeFileSync(path.join(io.cwd, 'event.json'), typeof event === 'string' ? event : JSON.stringify(event));
  const code = await main(['filter', 'test', ...args], io);
  return { code, out: io.stdoutText, err: io.stderrText };
}

const answer = async (...args: string[]) => JSON.parse((await filter([...args, '--event', 'event.json'])).out) as unknown;

describe('knc filter test', () => {
  test('prints whether an event matches, the value and the error', async () => {
    expect(await filter(['--cesql', "type LIKE 'order.%'", '--event', 'event.json'])).toEqual({
      code: 0,
      out: '{"matches":true,"value":true,"error":null}\n',
      err: '',
    });
    expect(await answer('--cesql', 'priority + 1')).toEqual({ matches: false, value: 6, error: null });
  });

  test.each([
    ['type =', 'parse'],
    ['1 / 0', 'math'],
    ["INT('x')", 'cast'],
    ['NO_SUCH()', 'missingFunction'],
    ["LEFT('abc', -1)", 'functionEvaluation'],
    ['region', 'missingAttribute'],
  ])('%s is an error of kind %s', async (expression, error) => {
    expect(await answer('--cesql', expression)).toMatchObject({ matches: false, error });
    expect((await filter(['--cesql', expression, '--event', 'event.json'])).err).not.toBe('');
  });

  test('evaluates expressions over data', async () => {
    expect(await answer('--data', 'amount > 100')).toEqual({ matches: true, value: true, error: null });
    expect(await answer('--data', 'amount + 1')).toEqual({ matches: false, value: 121, error: null });
    expect(await filter(['--data', 'amuont > 100', '--event', 'event.json'])).toEqual({
      ...{ code: 0, out: '{"matches":false,"value":false,"error":"generic"}\n' },
      err: 'Unknown variable: amuont\n',
    });
    expect(await answer('--data', 'amount >')).toMatchObject({ error: 'parse' });
  });

  test('reads the event from standard input, in YAML too, and data in base64', async () => {
    const io = new FakeIo({
      stdin: 'specversion: "1.0"\nid: a\nsource: /s\ntype: t\ndatacontenttype: application/json\ndata_base64: eyJ4Ijo3fQ==\n',
    });
    expect(await main(['filter', 'test', '--data', 'x == 7', '--event', '-'], io)).toBe(0);
    expect(io.events).toEqual([{ matches: true, value: true, error: null }]);
  });

  test.each<[string, unknown, string]>([
    ['no event', '{"type": "x"}', 'it has no specversion, id, source'],
    ['a list', '[]', 'an event is an object with specversion, id, source, type'],
    ['an attribute with a capital', { ...EVENT, myExt: 'x' }, 'myExt is no name of an attribute'],
    ['an attribute that is an object', { ...EVENT, ext: {} }, 'ext is neither a string, nor a 32 bit integer, nor a boolean'],
    ['neither JSON nor YAML', '{', 'it is neither JSON nor YAML'],
    ['nothing', '', 'an event is an object with'],
    ['data that is not base64', { ...EVENT, data: undefined, data_base64: '?' }, 'data_base64 is not base64'],
    ['data twice', { ...EVENT, data_base64: '' }, 'data and data_base64 exclude each other'],
  ])('refuses %s', async (_name, event, message) => {
    const { code, err, out } = await filter(['--cesql', 'TRUE', '--event', 'event.json'], event);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`error KNC4007 ${message}`);
    expect(err).toContain('event.json');
  });

  test('asks for exactly one expression, and for an event that can be read', async () => {
    expect((await filter(['--event', 'event.json'])).err).toContain('give one expression: --cesql or --data');
    expect((await filter(['--cesql', 'TRUE'])).err).toContain('give an event: --event FILE');
    for (const args of [
      ['--event', 'event.json'],
      ['--cesql', 'TRUE'],
    ])
      expect((await filter(args)).code).toBe(2);
    const missing = await filter(['--cesql', 'TRUE', '--event', 'none.json']);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('error KNC4001 It cannot be read: ENOENT\n  none.json');
  });
});
