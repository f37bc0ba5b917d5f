import { App, Chart } from 'cdk8s';
import { Broker, Delivery, KnService } from 'knative-constructs';

const app = new App();
const chart = new Chart(app, 'parcels');

const service = (name: string) =>
  new KnService(chart, name, {
    name,
    image: `example.com/${name}`,
    visibility: 'cluster-local', // events alone come here
    local: { command: ['node', 'print.js', name] },
  });

const orders = new Broker(chart, 'orders', { name: 'orders', delivery: Delivery.deadLetter(service('letters')) });
const silence = ['consumer-options'] as const; // this needs the runtime of this package

// Whoever sends an order twice within an hour gets one parcel.
orders.on('order.created', {
  metadata: { name: 'pack' },
  to: service('pack'),
  dedupe: { by: 'data.order', window: '1h' },
  silence,
});

// A parcel leaves when it is paid and packed, in whatever order that happens.
orders.onAny({
  metadata: { name: 'ship' },
  to: service('ship'),
  join: { by: 'data.order', types: ['order.paid', 'order.packed'], within: '1m', as: 'order.ready' },
  silence,
});

// Every event goes to the books, up to ten at once, at most ten seconds late.
orders.onAny({ metadata: { name: 'books' }, to: service('books'), batch: { max: 10, within: '10s' }, silence });

app.synth();
