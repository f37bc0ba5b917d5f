const http = require('node:http');

/** A service that gets one event after the other: `handle` answers with the type and data of the next event, or with nothing. */
module.exports = function step(name, handle) {
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const event = { ...request.headers, data: JSON.parse(Buffer.concat(chunks).toString() || 'null') };
    const answer = handle(event);
    if (typeof answer === 'number') return response.writeHead(answer).end();
    if (!answer) return response.writeHead(202).end();
    response.writeHead(200, {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': `${event['ce-id']}-${name}`,
      'ce-source': `/${name}`,
      'ce-type': answer.type,
    });
    response.end(JSON.stringify(answer.data));
  });
  server.listen(process.env.PORT ?? 8080);
  process.on('SIGTERM', () => server.close());
};
