require('./step')('ship', ({ data }) => console.log(`shipped order ${data.order} for ${data.charged}`));
