import * as pulumi from '@pulumi/pulumi';
import { Broker, KnService, Trigger } from '../../../constructs/pulumi';
import { mockPulumi, promiseOf } from './mocks';

const registered = mockPulumi({ preview: true });

/** A value that is not known before the update: the digest of an image that is still to be built. */
function unknown(): pulumi.Output<string> {
  const Unknown = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<string>;
  const no = Promise.resolve(false);
  return new Unknown(new Set(), Promise.resolve(undefined), no, no, Promise.resolve(new Set()));
}

test('in a preview with unknown values nothing is refused and both resources are shown', async () => {
  const hello = new KnService('hello', { image: unknown() });
  await promiseOf(hello.resource.urn);
  expect(registered.map(({ name }) => name)).toEqual(['hello', 'hello-service']);
});

test('in a preview what is known is refused all the same', () => {
  expect(() => new KnService('bad', { image: unknown(), scale: { min: -1 } })).toThrow(/min-scale: expected 0 <= -1/);
});

test('in a preview nothing is said of the way of events where something in the program is not known', async () => {
  const warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
  const program = (more: () => unknown) =>
    pulumi.runtime
      .runInPulumiStack(async () => {
        new Trigger('lost', { broker: 'orders', to: new KnService('to', { image: 'app' }) });
        more();
        return {};
      })
      .then(() => pulumi.runtime.disconnect());
  await program(() => new Broker('unsaid', { metadata: { labels: { a: unknown() } } }));
  expect(warn).not.toHaveBeenCalled();
  await program(() => new Broker('other', {}));
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('nothing in this app makes Broker orders'), expect.any(Trigger));
});
