const http = require('node:http');

// Prints what comes: events in structured mode, in a batch, or with attributes in headers.
const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString() || 'null');
  const batch = request.headers['content-type']?.startsWith('application/cloudevents-batch');
  const what = batch
    ? body.map(({ type, data }) => `${type} ${data.order}`)
    : [`${request.headers['ce-type']} ${JSON.stringify(body)}`];
  console.log(`${process.argv[2]} got ${what.join(', ')}`);
  response.writeHead(202).end();
});
server.listen(process.env.PORT ?? 8080);
process.on('SIGTERM', () => server.close());
