import { type Subscription, validate } from '../../../../lib/api';
import { formatFieldErrors } from '../../../../lib/base';

const subscription = (annotations: Record<string, string>): Subscription => ({
  apiVersion: 'messaging.knative.dev/v1',
  kind: 'Subscription',
  metadata: { name: 'mine', annotations },
  spec: {
    channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', name: 'news' },
    subscriber: { uri: 'http://example.com' },
  },
});

describe('a Subscription', () => {
  it('is refused with options that have an effect on triggers alone', () => {
    const key = 'eventing.knative-constructs.dev/concurrency';
    expect(formatFieldErrors(validate(subscription({ [key]: '4' })))).toBe(`invalid key name "${key}": metadata.annotations`);
    expect(validate(subscription({ note: 'x' }))).toEqual([]);
  });
});
