require('./step')('reserve', ({ data }) => ({ type: 'order.reserved', data: { ...data, reserved: true } }));
