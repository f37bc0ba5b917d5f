import * as pulumi from '@pulumi/pulumi';

/** A resource that the program under test has registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What the mocked cluster says of every object with a URL. */
export const STATUS = { url: 'http://hello.default.example.com', latestReadyRevisionName: 'hello-00003' };

/**
 * Pulumi with a cluster that accepts everything; returns what is registered, in order. Once a file: what one test leaves
 * behind would be unknown to the mocks of the next.
 */
export function mockPulumi({ preview = false }: { readonly preview?: boolean } = {}): Registered[] {
  const registered: Registered[] = [];
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: type.startsWith('kubernetes:') ? { ...inputs, status: STATUS } : inputs };
      },
      call: () => ({}),
    },
    'project',
    'stack',
    preview,
  );
  return registered;
}

/** The value of an output once it is known; rejects if making it failed. */
export function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
