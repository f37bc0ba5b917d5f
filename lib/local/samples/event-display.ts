/** Stands for `event_display` of Knative Eventing: prints every CloudEvent that it receives. `PORT` defaults to 8080. */
import http from 'node:http';
import { formatEvent, readEvent } from './cloud-event';
import { exitGracefully } from './graceful-exit';

const port = Number(process.env['PORT'] || 8080);

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const event = readEvent(request.headers, Buffer.concat(chunks));
    if (event) process.stdout.write(formatEvent(event));
    response.statusCode = event ? 200 : 400;
    response.end();
  });
});
exitGracefully(server);
server.listen(port, () => console.log(`event-display: listening on port ${port}`));
