import { KncError, RealClock } from '../../../../lib/base';
import { LmdbStore } from '../../../../lib/local/store';

/** Writes until it is refused, then what is small, waits for the journal to be moved, and ends in good order. */
const [folder = '', most = '0'] = process.argv.slice(2);
const clock = new RealClock();
const reports: string[] = [];
// Without a listener the system ends who writes more than it may.
process.on('SIGXFSZ' as NodeJS.Signals, () => {});

async function main(): Promise<void> {
  const store = await LmdbStore.open({ folder, clock, report: (text) => reports.push(text) });
  const key = (i: number) => `k/${`${i}`.padStart(6, '0')}`;
  let written = 0;
  let refusal: string | undefined;
  while (refusal === undefined && written < Number(most)) {
    try {
      store.write([{ key: key(written), value: 'x'.repeat(3000) }]);
      written++;
      await clock.sleep(0);
    } catch (error) {
      refusal = KncError.is(error) ? `${error.code} ${error.message}` : `${error}`;
    }
  }
  store.write([{ key: 'small', value: 1 }]);
  await clock.sleep(2500);
  const found = [...store.range()].length;
  await store.close();
  process.stdout.write(JSON.stringify({ written, refusal, found, reports }));
}

void main();
