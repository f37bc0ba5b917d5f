const http = require('node:http');

const target = process.env.TARGET ?? 'World';
const server = http.createServer((_request, response) => response.end(`Hello ${target}!\n`));

server.listen(process.env.PORT ?? 8080);
process.on('SIGTERM', () => server.close());
