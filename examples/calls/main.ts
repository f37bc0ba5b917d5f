import { App, Chart } from 'cdk8s';
import { KnService } from 'knative-constructs';

const app = new App();
const chart = new Chart(app, 'calls');

const back = new KnService(chart, 'back', {
  name: 'back',
  image: 'example.com/back',
  visibility: 'cluster-local', // nobody outside may ask it
  local: { command: ['node', 'back.js'] },
});

new KnService(chart, 'front', {
  name: 'front',
  image: 'example.com/front',
  local: { command: ['node', 'front.js'] },
}).node.addDependency(back);

app.synth();
