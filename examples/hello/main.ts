import { App, Chart } from 'cdk8s';
import { KnService } from 'knative-constructs';

const app = new App();
const chart = new Chart(app, 'hello');

new KnService(chart, 'hello', {
  name: 'hello',
  image: process.env.HELLO_IMAGE ?? 'ghcr.io/knative/helloworld-go:latest',
  env: { TARGET: 'World' },
  scale: { window: '6s' }, // goes to zero soon after the last request
  local: { command: ['node', 'server.js'] },
});

app.synth();
