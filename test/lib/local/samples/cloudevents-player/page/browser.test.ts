import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from '../../../pods/built';
import { Browser, chromium } from '../support/browser';
import { attributes, type Stage, stage } from '../support/player';

let on: Stage;
let browser: Browser | undefined;
afterEach(async () => {
  await browser?.close();
  await on.close();
});

// Without a Chromium these are skipped: the suite needs Node alone, and player-page.test.ts covers the program without one.
const describeHere = chromium === undefined ? describe.skip : describe;

async function open(answer?: Parameters<typeof stage>[0]): Promise<Browser> {
  for (const name of ['log', 'error'] as const) jest.spyOn(console, name).mockImplementation(() => {});
  const script = readFileSync(join(built('lib/local/samples/cloudevents-player/page/main.ts'), 'main.js'), 'utf8');
  on = await stage({ script, ...answer });
  browser = await Browser.open(chromium!, `${on.url}/`);
  await browser.until(`document.querySelector('#state')?.textContent === 'Live'`);
  return browser;
}

describeHere(`the page in ${chromium ?? 'Chromium (none here: set KNC_CHROMIUM to one)'}`, () => {
  test('sends an event by keyboard alone, shows it, and that it came back', async () => {
    const page = await open();
    await page.press('Tab');
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Type');
    await page.press('Enter', '\r');
    await page.until(`document.querySelector('.card strong')?.textContent === 'Sent'`);
    const [{ headers, body }] = on.deliveries as [Stage['deliveries'][0]];
    expect(body).toBe('{ "message": "Hello" }');
    const back = Object.fromEntries(Object.entries(headers).filter(([name]) => /^(ce-|content-type)/.test(name)));
    await fetch(on.url, { method: 'POST', headers: back as Record<string, string>, body });
    await page.until(`document.querySelectorAll('.card.good').length === 2`);
    expect(await page.evaluate(`[...document.querySelectorAll('.card strong')].map((one) => one.textContent)`)).toEqual([
      'Received',
      'Sent, came back',
    ]);
    expect(page.complaints).toEqual([]);
  });

  test('shows what an event says as text, whatever it says', async () => {
    const page = await open();
    const nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const headers = { ...attributes, 'ce-type': encodeURIComponent(nasty), 'content-type': 'text/plain' };
    await fetch(on.url, { method: 'POST', headers, body: nasty });
    await page.until(`document.querySelector('.card')`);
    expect(await page.evaluate(`document.querySelector('.card h3').textContent`)).toBe(nasty);
    expect(await page.evaluate(`document.querySelectorAll('.card img, .card script').length`)).toBe(0);
    expect(await page.evaluate('document.title')).toBe('CloudEvents player');
    expect(page.complaints).toEqual([]);
  });

  test('shows why the broker did not take an event', async () => {
    const page = await open({ answer: (_request, response) => response.writeHead(404).end('no such broker') });
    await page.evaluate(`document.querySelector('#send').click()`);
    await page.until(`document.querySelector('.card.bad .note')`);
    const words = 'The broker answered 404 Not Found: no such broker';
    expect(await page.evaluate(`document.querySelector('.card.bad .note').textContent`)).toBe(words);
    await page.until(`document.querySelector('#said').className === 'bad'`);
    expect(await page.evaluate(`document.querySelector('#said').textContent`)).toBe(words);
  });

  test('fits a narrow screen, and every control has a name', async () => {
    const page = await open();
    const size = { width: 360, height: 800, deviceScaleFactor: 1, mobile: false };
    await page.call('Emulation.setDeviceMetricsOverride', size);
    await fetch(on.url, { method: 'POST', headers: { ...attributes, 'ce-id': 'x'.repeat(300) } });
    await page.until(`document.querySelector('.card')`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const nameless = `[...document.querySelectorAll('input, textarea, select, button')]
      .filter((one) => !(one.labels?.[0] ?? one).textContent.trim()).map((one) => one.id)`;
    expect(await page.evaluate(nameless)).toEqual([]);
  });
});
