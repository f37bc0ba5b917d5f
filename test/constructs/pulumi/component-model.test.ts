import * as pulumi from '@pulumi/pulumi';
import { type KnServiceProps, type Service, serviceObject, serviceProblems } from '../../../constructs/model';
import { ComponentModel } from '../../../constructs/pulumi/component-model';
import { ServiceType } from '../../../lib/api';

const recipe = {
  type: ServiceType,
  child: 'service',
  object: serviceObject,
  problems: serviceProblems,
  complete: (x: Service) => x,
};
const component = {} as pulumi.Resource;

/** What happens once everything is resolved: the props make an object, a transform may change it, the result is checked. */
function finish(data: KnServiceProps, transform?: (object: Service) => Service) {
  const model = new ComponentModel('hello', recipe, {}, [], transform !== undefined);
  const made = model.object(data);
  return model.finish({ data, made, changed: transform?.(made) ?? made }, component);
}

test('what turns out wrong once it is resolved is refused with every error, as an error of the component', () => {
  const run = () => finish({ image: '', concurrency: { hardLimit: -1 } });
  expect(run).toThrow(pulumi.ResourceError);
  expect(run).toThrow(/hello:\n {2}KNC1001 .*containerConcurrency: expected 0 <= -1 <= 1000\n {2}KNC1001 .*image: missing field/);
});

test('what a transform breaks is refused', () => {
  const breakIt = (object: Service): Service => ({ ...object, spec: { template: { spec: { containers: [{}] } } } });
  expect(() => finish({ image: 'app:1' }, breakIt)).toThrow(/KNC1001 .*image: missing field/);
});

test('what is wrong between props is refused too', () => {
  expect(() => finish({ image: 'app:1', concurrency: { target: 1 }, scale: { target: 2 } })).toThrow(
    /concurrency\.target, scale\.target/,
  );
});
