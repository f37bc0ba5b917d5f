import { Testing, Yaml } from 'cdk8s';
import { synthErrors, warningsOf } from '../serving/synth';
import { shop } from './shop';

test('an app with every kind of Eventing is synthesized as it is meant', () => {
  expect(synthErrors(shop())).toEqual([]);
  expect(Yaml.stringify(...(Testing.synth(shop()) as object[]))).toMatchSnapshot();
});

test('nothing is to be said of it', () => {
  expect(warningsOf(() => Testing.synth(shop()))).toEqual([]);
});
