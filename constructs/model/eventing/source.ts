import { type PingSource, PingSourceType } from '../../../lib/api';
import { defined } from '../shape';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { destinationOf, type SinkInput } from './sink';

/** What everything that sends events can be told. */
export interface SourceProps extends EventingProps {
  /** Where the events go. */
  readonly sink: SinkInput;
  /** Extension attributes that are added to every event, or replaced. @default - none */
  readonly extensions?: Readonly<Record<string, string>>;
}

export const sourcePropNames = { ...eventingPropNames, sink: 'any', extensions: 'any' } as const;

/** The part of a spec that every source has. */
export const sourceSpec = ({ sink, extensions }: SourceProps, namespace: string | undefined) => ({
  sink: destinationOf(sink, namespace),
  ...(extensions && { ceOverrides: { extensions } }),
});

/**
 * Sends the same event again and again, by the clock: type `dev.knative.sources.ping`.
 * @see https://knative.dev/docs/eventing/sources/ping-source/
 */
export interface PingSourceProps extends SourceProps {
  /** When: minute, hour, day of month, month, day of week, with seconds before them if there are six. @default - every minute */
  readonly schedule?: string;
  /** Time zone of the schedule: `Europe/Paris`. @default - that of the cluster: UTC */
  readonly timezone?: string;
  /** The data: text, bytes, or an object, which is sent as JSON. @default - none */
  readonly data?: string | Uint8Array | Readonly<Record<string, unknown>>;
  /** Media type of the data. @default - application/json for objects, else none */
  readonly contentType?: string;
}

function dataOf({ data, contentType }: PingSourceProps) {
  if (data === undefined || typeof data === 'string') return defined({ contentType, data });
  if (data instanceof Uint8Array) return defined({ contentType, dataBase64: Buffer.from(data).toString('base64') });
  return { contentType: contentType ?? 'application/json', data: JSON.stringify(data) };
}

export const pingSourceRecipe = eventingRecipe<PingSourceProps, PingSource>(
  PingSourceType,
  { ...sourcePropNames, schedule: 'any', timezone: 'any', data: 'any', contentType: 'any' },
  (props, namespace) => ({
    ...sourceSpec(props, namespace),
    ...defined({ schedule: props.schedule, timezone: props.timezone }),
    ...dataOf(props),
  }),
);
