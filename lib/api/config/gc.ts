import { parseDuration } from '../duration';
import { type ConfigData, ConfigReader } from './config-data';

/** Value of a time or number of config-gc that is turned off. */
export const GC_DISABLED = -1;

/** config-gc: which revisions without traffic are deleted. Durations in milliseconds; -1: turned off. */
export interface GcConfig {
  readonly retainSinceCreateTime: number;
  readonly retainSinceLastActiveTime: number;
  readonly minNonActiveRevisions: number;
  readonly maxNonActiveRevisions: number;
}

/** Upstream's defaults of config-gc. */
export const defaultGcConfig: GcConfig = {
  retainSinceCreateTime: 48 * 3600_000,
  retainSinceLastActiveTime: 15 * 3600_000,
  minNonActiveRevisions: 20,
  maxNonActiveRevisions: 1000,
};

const isDisabled = (text: string): boolean => text.toLowerCase() === 'disabled';

function duration(reader: ConfigReader, key: string, fallback: number): number {
  const text = reader.string('', key);
  if (text === '') return fallback;
  if (isDisabled(text)) return GC_DISABLED;
  const value = parseDuration(text);
  if (value === undefined) reader.fail(`failed to parse ${key}: time: invalid duration ${JSON.stringify(text)}`);
  if (value < 0) reader.fail(`failed to parse ${key}: must be non-negative`);
  return value;
}

function count(reader: ConfigReader, key: string, fallback: number): number {
  const text = reader.string('', key);
  if (text === '') return fallback;
  if (isDisabled(text)) return GC_DISABLED;
  if (!/^\d+$/.test(text))
    reader.fail(`failed to parse ${key}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** config-gc from its data. Throws KNC2201 with upstream's message if a value is wrong. */
export function parseGcConfig(data: ConfigData): GcConfig {
  const reader: ConfigReader = new ConfigReader('config-gc', data);
  const base = defaultGcConfig;
  const minNonActiveRevisions = reader.int(base.minNonActiveRevisions, 'min-non-active-revisions');
  const maxNonActiveRevisions = count(reader, 'max-non-active-revisions', base.maxNonActiveRevisions);
  reader.require(
    [minNonActiveRevisions >= 0, `min-non-active-revisions must be non-negative, was: ${minNonActiveRevisions}`],
    [
      maxNonActiveRevisions < 0 || minNonActiveRevisions <= maxNonActiveRevisions,
      `min-non-active-revisions(${minNonActiveRevisions}) must be <= max-non-active-revisions(${maxNonActiveRevisions})`,
    ],
  );
  return {
    retainSinceCreateTime: duration(reader, 'retain-since-create-time', base.retainSinceCreateTime),
    retainSinceLastActiveTime: duration(reader, 'retain-since-last-active-time', base.retainSinceLastActiveTime),
    minNonActiveRevisions,
    maxNonActiveRevisions,
  };
}
