import { PING_EVENT, type PingSource, pingEventSource } from '../../api';
import type { CloudEvent } from '../cloud-event';

/** The event that a source sends at `time`, in milliseconds since the epoch. Nothing in it is redefined by its extensions. */
export function pingEvent({ metadata, spec }: PingSource, id: string, time: number): CloudEvent {
  const { data, dataBase64, contentType, ceOverrides } = spec;
  const bytes = dataBase64 ? Buffer.from(dataBase64, 'base64') : data ? Buffer.from(data, 'utf8') : undefined;
  const extensions = Object.entries(ceOverrides?.extensions ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    attributes: {
      ...Object.fromEntries(extensions),
      ...{ specversion: '1.0', type: PING_EVENT, source: pingEventSource(metadata.namespace ?? '', metadata.name ?? ''), id },
      time: new Date(time).toISOString(),
      ...(bytes && contentType ? { datacontenttype: contentType } : {}),
    },
    data: bytes,
  };
}
