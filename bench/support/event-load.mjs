import http from 'node:http';
import net from 'node:net';
import { sleep, until } from './process.mjs';
import { median } from './stats.mjs';

const BODY = 'x'.repeat(1024);

/** Counts events, and remembers how long each has taken. */
export async function startSink() {
  const state = { count: 0, delays: [] };
  const server = http.createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      state.count++;
      state.delays.push(performance.now() - Number(request.headers['ce-sent']));
      response.writeHead(202).end();
    });
  });
  server.keepAliveTimeout = 600_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { state, port, url: `http://127.0.0.1:${port}/`, close };
}

let ids = 0;

/** One connection that publishes an event of 1 KiB at a time; each call resolves with whether it was taken. */
function publisher({ hostname, port, host, path }) {
  const socket = net.connect({ host: hostname, port, noDelay: true });
  let waiting;
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    const head = answer.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? 0);
    if (head < 0 || answer.length < head + 4 + length) return;
    const { resolve, reject } = waiting;
    if (answer.startsWith('HTTP/1.1 202')) resolve(true);
    else if (answer.startsWith('HTTP/1.1 5')) resolve(false);
    else reject(new Error(answer));
    answer = '';
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the connection was closed')));
  const publish = () =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      const attributes = `ce-specversion: 1.0\r\nce-id: ${++ids}\r\nce-source: /bench\r\nce-type: wanted\r\nce-sent: ${performance.now()}`;
      const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/plain\r\nContent-Length: ${BODY.length}`;
      socket.write(`${head}\r\n${attributes}\r\n\r\n${BODY}`);
    });
  return { publish, close: () => socket.destroy() };
}

/** Publishes as fast as answers come, with so many under way, until so many are taken. Resolves with how many were refused. */
export async function flood(target, count, inFlight) {
  let left = count;
  let refused = 0;
  const publishers = Array.from({ length: inFlight }, () => publisher(target));
  await Promise.all(
    publishers.map(async ({ publish }) => {
      while (left-- > 0) {
        if (await publish()) continue;
        left++;
        refused++;
      }
    }),
  );
  for (const { close } of publishers) close();
  return refused;
}

/** Publishes so many events a second. Returns the median of what they took to the sink, in milliseconds. */
export async function pace(target, sink, count, perSecond) {
  const free = Array.from({ length: 8 }, () => publisher(target));
  const all = [...free];
  const wanted = sink.state.count + count;
  const startedAt = performance.now();
  sink.state.delays.length = 0;
  const answers = [];
  for (let i = 0; i < count; i++) {
    const wait = startedAt + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const one = free.shift() ?? publisher(target);
    if (!all.includes(one)) all.push(one);
    answers.push(one.publish().then(() => free.push(one)));
  }
  await Promise.all(answers);
  await until(() => sink.state.count >= wanted);
  for (const { close } of all) close();
  return median(sink.state.delays);
}
