const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end(`back, asked by ${request.socket.remoteAddress} for ${request.headers.host}\n`);
});

server.listen(process.env.PORT ?? 8080);
process.on('SIGTERM', () => server.close());
