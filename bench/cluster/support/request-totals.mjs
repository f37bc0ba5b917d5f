import { apiText } from './rig.mjs';

/** What the API server has counted: `VERB resource subresource code` → requests so far. */
export async function requestTotals() {
  const totals = new Map();
  for (const line of (await apiText('/metrics')).split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const key = [label('verb'), label('resource'), label('subresource') || '-', label('code')].join(' ');
    totals.set(key, (totals.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  return totals;
}
