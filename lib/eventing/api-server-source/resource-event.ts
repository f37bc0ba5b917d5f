import { type ApiServerSource, apiServerEvents, controllerOf, guessPlural, type KubeObject } from '../../api';
import type { CloudEvent } from '../cloud-event';

/** What became of an object. */
export type ChangeKind = 'add' | 'update' | 'delete';

const ORDER: readonly ChangeKind[] = ['add', 'delete', 'update'];

/** What an event of an object is made with beside the object. */
export interface Told {
  /** The address of the API server, as which it is the source of events. */
  readonly source: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** As upstream has it: below `/apis` also for the core group, with a plural that is guessed. */
function subjectOf({ apiVersion, kind, metadata: { namespace = '', name } }: KubeObject): string {
  return `/apis/${apiVersion}/namespaces/${namespace}/${guessPlural(kind)}/${name}`;
}

/** The event by which a source, with its defaults, tells what became of an object; extensions of the source are not in it yet. */
export function resourceEvent({ spec }: ApiServerSource, change: ChangeKind, object: KubeObject, told: Told): CloudEvent {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name = '' } = metadata;
  const whole = spec.mode === 'Resource';
  const data = whole ? object : { kind, ...(namespace ? { namespace } : {}), name, apiVersion };
  return {
    attributes: {
      specversion: '1.0',
      type: apiServerEvents(whole ? 'Resource' : 'Reference')[ORDER.indexOf(change)]!,
      ...{ source: told.source, id: told.id, time: new Date(told.time).toISOString() },
      subject: subjectOf(object),
      datacontenttype: 'application/json',
      ...{ apiversion: apiVersion, kind, name },
      ...(namespace ? { namespace } : {}),
    },
    data: Buffer.from(JSON.stringify(data)),
  };
}

/** The event with the extensions that the source adds; nothing of what makes it that event is replaced. */
export function withOverrides(event: CloudEvent, { spec }: ApiServerSource): CloudEvent {
  const extensions = Object.entries(spec.ceOverrides?.extensions ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const { specversion, type, source, id, time, subject, datacontenttype } = event.attributes;
  const fixed = { specversion, type, source, id, time, subject, datacontenttype } as CloudEvent['attributes'];
  return { ...event, attributes: { ...event.attributes, ...Object.fromEntries(extensions), ...fixed } };
}

/** Whether a source tells of an object: of all, or of those that an object of a kind controls. */
export function isToldOf({ spec: { owner } }: ApiServerSource, object: KubeObject): boolean {
  if (!owner) return true;
  const controller = controllerOf(object);
  if (!controller) return false;
  return (!owner.apiVersion || owner.apiVersion === controller.apiVersion) && owner.kind === controller.kind;
}
