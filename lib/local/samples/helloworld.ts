/**
 * Stands for `helloworld-go` of Knative's samples: answers every request with `Hello $TARGET!`. `TARGET` defaults to World, `PORT` to 8080.
 */
import http from 'node:http';
import { exitGracefully } from './graceful-exit';

const port = Number(process.env['PORT'] || 8080);
const target = process.env['TARGET'] || 'World';

const server = http.createServer((_request, response) => {
  console.log('helloworld: received a request');
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`Hello ${target}!\n`);
});
exitGracefully(server);
server.listen(port, () => console.log(`helloworld: listening on port ${port}`));
