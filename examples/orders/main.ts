import { App, Chart } from 'cdk8s';
import { Broker, Delivery, Filter, KnService, Sequence } from 'knative-constructs';

const app = new App();
const chart = new Chart(app, 'orders');

const service = (name: string) =>
  new KnService(chart, name, {
    name,
    image: process.env.ORDERS_IMAGE ?? 'example.com/orders:1', // one image, built by the Dockerfile here
    args: [`${name}.js`],
    visibility: 'cluster-local', // events alone come here
    local: { command: ['node'] },
  });
const [reserve, charge, ship] = [service('reserve'), service('charge'), service('ship')];
const letters = service('letters');

const delivery = Delivery.retry(2).backoff('exponential', '200ms').deadLetter(letters);

const orders = new Broker(chart, 'broker', { name: 'orders', delivery });

// Each step gets what the one before it answered; the last answer goes back to the broker.
const fulfil = new Sequence(chart, 'fulfil', {
  name: 'fulfil',
  steps: [reserve, charge].map((to) => ({ to, delivery })),
  reply: orders,
});

// What an order is worth stands in its data: no attribute says it.
orders.on('order.created', {
  metadata: { name: 'fulfil' },
  to: fulfil,
  where: Filter.data('amount > 0'),
  silence: ['data-filter'],
});
orders.on('order.charged', { metadata: { name: 'ship' }, to: ship });

app.synth();
