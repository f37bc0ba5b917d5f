// Asks by curl, as a program in any language would: nothing in it knows of knc.
const { execFile } = require('node:child_process');
const http = require('node:http');

const BACK = 'http://back.default.svc.cluster.local';

const server = http.createServer((_request, response) => {
  execFile('curl', ['--silent', '--show-error', '--max-time', '30', BACK], (error, stdout, stderr) => {
    if (error) response.writeHead(502);
    response.end(error ? stderr || error.message : `front got: ${stdout}`);
  });
});

server.listen(process.env.PORT ?? 8080);
process.on('SIGTERM', () => server.close());
