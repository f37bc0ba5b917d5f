import { App, Chart } from 'cdk8s';
import { KnService, RevisionName, TrafficSplit } from 'knative-constructs';

const app = new App();
const chart = new Chart(app, 'canary');

const greeter = (id: string, target: string) =>
  new KnService(chart, id, {
    name: `shop-${id}`,
    image: 'ghcr.io/knative/helloworld-go:latest',
    env: { TARGET: target },
    revision: RevisionName.byContentHash(), // the same template has the same name everywhere
    scale: { window: '6s' },
    local: { command: ['node', 'server.js'], cwd: '../hello' },
  });

const stable = greeter('stable', 'version 1');
const next = greeter('next', 'version 2');

new TrafficSplit(chart, 'shop', {
  name: 'shop',
  targets: TrafficSplit.canary({ stable, next, percent: 10, tag: 'next' }),
});

app.synth();
