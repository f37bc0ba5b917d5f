// Cards whose number ends in 13 are refused for good; there is no point in asking again.
require('./step')('charge', ({ data }) =>
  String(data.card).endsWith('13') ? 402 : { type: 'order.charged', data: { ...data, charged: data.amount } },
);
