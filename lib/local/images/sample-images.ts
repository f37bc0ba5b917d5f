import { join } from 'node:path';
import { parseImage } from './image-reference';
import type { Program } from './program';

/** Names under which the programs that come with `knc` are published as images, whatever the registry. */
const SAMPLES: Readonly<Record<string, string>> = {
  'helloworld-go': 'helloworld',
  'autoscale-go': 'autoscale',
  'cloudevents-player': 'cloudevents-player',
  'event-display': 'event-display',
  event_display: 'event-display',
};

/**
 * The bundled stand-in for a well-known image: `gcr.io/knative-samples/helloworld-go`, `ghcr.io/knative/autoscale-go:latest`,
 * `gcr.io/knative-releases/knative.dev/eventing/cmd/event_display`, `quay.io/ruben/cloudevents-player`. A digest or a tag makes no difference.
 * @param directory where the samples are, each as a JavaScript file of its name.
 */
export function sampleProgram(image: string, directory: string): Program | undefined {
  const name = parseImage(image).repository.split('/').at(-1) ?? '';
  const sample = Object.hasOwn(SAMPLES, name) ? SAMPLES[name] : undefined;
  // The images have an entrypoint only, so a container's own command can mean nothing here.
  return sample === undefined ? undefined : { command: [process.execPath, join(directory, `${sample}.js`)] };
}
