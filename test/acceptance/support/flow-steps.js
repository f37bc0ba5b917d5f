/** What each service of the chart in eventing-journal.test.ts makes of an event: a status, or the next event. As a program, it is one of them. */
const steps = {
  reserve: ({ data }) => ({ type: 'order.reserved', data: { ...data, reserved: true } }),
  charge: ({ data }) => (data.card === 'stolen' ? 500 : { type: 'order.charged', data: { ...data, charged: true } }),
  large: ({ data }) => (data.amount > 100 ? { type: 'order.large', data } : 202),
  approve: ({ data }) => ({ type: 'order.done', data: { ...data, approved: true } }),
  record: ({ data }) => ({ type: 'order.done', data: { ...data, recorded: true } }),
  ship: () => 202,
  letters: () => 202,
};

/** Status, headers and body of the answer of a step. */
exports.answerOf = (name, id, body) => {
  const answer = steps[name]({ data: JSON.parse(body) });
  if (typeof answer === 'number') return { status: answer, headers: {}, body: '' };
  const event = { 'ce-specversion': '1.0', 'ce-id': `${id}-${name}`, 'ce-source': `/${name}`, 'ce-type': answer.type };
  return { status: 200, headers: { ...event, 'content-type': 'application/json' }, body: JSON.stringify(answer.data) };
};

exports.names = Object.keys(steps);

if (require.main === module) {
  const server = require('node:http').createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { status, headers, body } = exports.answerOf(process.argv[2], request.headers['ce-id'], text);
    response.writeHead(status, headers).end(body);
  });
  server.listen(process.env.PORT);
  process.on('SIGTERM', () => server.close());
}
