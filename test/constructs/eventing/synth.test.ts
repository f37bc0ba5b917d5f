import { Chart, Testing, Yaml } from 'cdk8s';
import { Broker } from '../../../constructs';
import { synthErrors, warningsOf } from '../serving/synth';
import { shop } from './shop';

test('an app with every kind of Eventing is synthesized as it is meant', () => {
  expect(synthErrors(shop())).toEqual([]);
  expect(Yaml.stringify(...(Testing.synth(shop()) as object[]))).toMatchSnapshot();
});

test('nothing is to be said of it', () => {
  expect(warningsOf(() => Testing.synth(shop()))).toEqual([]);
});

test('a delivery as a plain object, as code without types may have it, is refused with how to write it', () => {
  const chart = new Chart(Testing.app(), 'test');
  const make = () => {
    new Broker(chart, 'orders', { delivery: { retry: 3 } as never });
    return Testing.synth(chart) as object[];
  };
  expect(make).toThrow(
    expect.objectContaining({ code: 'KNC1001', message: expect.stringContaining('is no Delivery: {"retry":3}') }),
  );
});
