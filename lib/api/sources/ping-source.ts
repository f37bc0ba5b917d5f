import { type FieldError, invalidValue, isJsonObject, multipleOneOf, via, withRemedy } from '../../base';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import { sourceColumns } from '../eventing/columns';
import type { PingSource, PingSourceSpec } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { CronError, type CronSchedule, parseCron } from './cron';
import { sourceErrors } from './source';

export type { PingSource, PingSourceSpec, PingSourceStatus } from '../generated/types';

/** Sends the same event again and again, by the clock. */
export const PingSourceType = resourceType<PingSource>('sources.knative.dev/v1', 'PingSource', 'pingsources', {
  categories: ['all', 'knative', 'sources'],
  columns: sourceColumns({ name: 'Schedule', type: 'string', jsonPath: '.spec.schedule' }),
});

export const pingSourceConditions = new ConditionSet('Ready', ['SinkProvided', 'Deployed', 'OIDCIdentityCreated']);

const EVERY_MINUTE = '* * * * *';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const setDefaults = (source: PingSource): PingSource =>
  source.spec.schedule ? source : { ...source, spec: { ...source.spec, schedule: EVERY_MINUTE } };

/** When a source sends, as upstream puts its schedule and time zone together. @throws CronError */
export const scheduleOf = ({ schedule, timezone }: PingSourceSpec): CronSchedule =>
  parseCron(`${timezone ? `CRON_TZ=${timezone} ` : ''}${schedule || EVERY_MINUTE}`);

function scheduleErrors(spec: PingSourceSpec): FieldError[] {
  const { schedule = '' } = spec;
  if (schedule.includes('@every')) {
    const remedy = 'Write fields: "*/5 * * * *" is every five minutes, "*/10 * * * * *" every ten seconds.';
    return [withRemedy(invalidValue('unsupported descriptor @every', 'schedule'), remedy)];
  }
  try {
    scheduleOf(spec);
    return [];
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    if (error.message.startsWith('provided bad location')) {
      return [withRemedy(invalidValue(error.message, 'timezone'), 'Write a name of the tz database such as "Europe/Paris".')];
    }
    const remedy = 'Write minute, hour, day of month, month and day of week: "0 9 * * 1-5".';
    return [withRemedy(invalidValue(error.message, 'schedule'), remedy)];
  }
}

function jsonErrors(text: string, path: string): FieldError[] {
  try {
    if (isJsonObject(JSON.parse(text))) return [];
    return [
      withRemedy(
        invalidValue('json: cannot unmarshal into Go value of type map[string]interface {}', path),
        'Write a JSON object.',
      ),
    ];
  } catch (error) {
    return [invalidValue(error instanceof Error ? error.message : String(error), path)];
  }
}

function dataErrors({ data = '', dataBase64 = '', contentType }: PingSourceSpec, limit: number): FieldError[] {
  if (data && dataBase64) return [multipleOneOf('data', 'dataBase64')];
  const [path, text] = dataBase64 ? (['dataBase64', dataBase64] as const) : (['data', data] as const);
  const size = Buffer.byteLength(text);
  const long = limit > -1 && size > limit;
  const isJson = contentType === 'application/json' && text !== '';
  const broken = path === 'dataBase64' && !BASE64.test(text.replace(/[\r\n]/g, ''));
  return [
    ...(long ? [invalidValue(`the ${path} length of ${size} bytes exceeds limit set at ${limit}.`, path)] : []),
    ...(broken ? [invalidValue('illegal base64 data', path)] : []),
    ...(isJson && !broken ? jsonErrors(path === 'data' ? text : Buffer.from(text, 'base64').toString(), path) : []),
  ];
}

function validate({ spec }: PingSource, { eventing: { pingDataMaxSize } }: ServingConfig): FieldError[] {
  return via('spec', [...scheduleErrors(spec), ...dataErrors(spec, pingDataMaxSize), ...sourceErrors(spec)]);
}

export const pingSourceRules: KindRules<PingSource> = { setDefaults, validate };
