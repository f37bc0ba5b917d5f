/**
 * Stands for `autoscale-go` of Knative's samples: spends what the query asks for. `sleep` milliseconds, `prime`: the largest
 * prime below it, `bloat` MiB of memory. `PORT` defaults to 8080.
 */
import http from 'node:http';
import { RealClock } from '../../base/clock';
import { exitGracefully } from './graceful-exit';
import { largestPrimeBelow } from './prime';

const clock = new RealClock();
const port = Number(process.env['PORT'] || 8080);

async function sleep(ms: number): Promise<string> {
  const start = clock.monotonic();
  await clock.sleep(ms);
  return `Slept for ${(clock.monotonic() - start).toFixed(2)} milliseconds.\n`;
}

function prime(max: number): string {
  const found = largestPrimeBelow(max);
  return found === undefined ? `There are no primes smaller than ${max}.\n` : `The largest prime less than ${max} is ${found}.\n`;
}

function bloat(mib: number): string {
  Buffer.alloc(mib * 1024 * 1024, 1);
  return `Allocated ${mib} Mb of memory.\n`;
}

/** A parameter as an integer; undefined if it is absent or 0. @throws RangeError in the words of Go's strconv. */
function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw new RangeError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text) || undefined;
}

const server = http.createServer(async (request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  try {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const [ms, max, mib] = [integer(query, 'sleep'), integer(query, 'prime'), integer(query, 'bloat')];
    // Time passes while memory and cpu are spent.
    const slept = ms === undefined ? undefined : sleep(ms);
    if (mib !== undefined) response.write(bloat(mib));
    if (max !== undefined) response.write(prime(max));
    if (slept) response.write(await slept);
  } catch (error) {
    if (error instanceof RangeError) response.statusCode = 400;
    else throw error;
    response.write(`${error.message}\n`);
  }
  response.end();
});
exitGracefully(server);
server.listen(port, () => console.log(`autoscale: listening on port ${port}`));
