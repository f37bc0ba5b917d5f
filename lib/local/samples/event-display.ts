/** Stands for `event_display` of Knative Eventing: prints every CloudEvent that it receives, also those of batches. `PORT` defaults to 8080. */
import http from 'node:http';
import { formatEvent, readEvents } from './cloud-event';
import { exitGracefully } from './graceful-exit';

const port = Number(process.env['PORT'] || 8080);

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const events = readEvents(request.headers, Buffer.concat(chunks));
    if (events) process.stdout.write(events.map(formatEvent).join(''));
    response.statusCode = events ? 200 : 400;
    response.end();
  });
});
exitGracefully(server);
server.listen(port, () => console.log(`event-display: listening on port ${port}`));
