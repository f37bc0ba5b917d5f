require('./step')('letters', (event) =>
  console.log(`dead letter ${event['ce-id']}: ${event['ce-knativeerrorcode']} from ${event['ce-knativeerrordest']}`),
);
