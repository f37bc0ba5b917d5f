/** The program of the page, run by browsers. */
import { RealClock } from '../../../../base/clock';
import { type PageScope, PlayerPage } from './player-page';

// A browser's fetch must be called as a function of its window.
const { document, crypto, EventSource } = globalThis as unknown as PageScope;
const fetch: PageScope['fetch'] = (path, init) => (globalThis as unknown as PageScope).fetch(path, init);
new PlayerPage({ document, crypto, EventSource, fetch }, new RealClock());
