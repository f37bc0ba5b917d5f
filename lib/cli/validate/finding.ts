import type { ErrorCode } from '../../base';
import type { TextPosition } from '../input/yaml-position';

/** `error` refuses the object, `warning` is worth knowing, `note` says that something could not be checked. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** Which object is meant, as Kubernetes names it. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One thing that `knc validate` has to say. */
export interface Finding {
  readonly level: FindingLevel;
  readonly code: ErrorCode;
  /** Upstream's text where upstream has one, without the fields. */
  readonly message: string;
  /** Upstream's second line, where it has one. */
  readonly details?: string;
  /** How to fix it, in one sentence. */
  readonly remedy?: string;
  /** The fields concerned: `spec.traffic[0].percent`. */
  readonly paths: readonly string[];
  readonly object?: ObjectId;
  /** Path of the construct, where an app declares the object. */
  readonly construct?: string;
  /** The file as a person would name it here, or `stdin`. */
  readonly file?: string;
  readonly position?: TextPosition;
}

/** What was looked at, and what came of it. */
export interface Validation {
  readonly findings: readonly Finding[];
  /** Number of objects that were read. */
  readonly objects: number;
  /** Files and apps that were read; `stdin` too. */
  readonly sources: readonly string[];
  /** The texts of the YAML files, for showing lines of them. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `Service default/hello`. */
export function idText({ kind, namespace, name }: ObjectId): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

/** The message with its fields, as upstream prints them; the details stand on a line of their own. */
export function findingText({ message, paths, details }: Finding): string {
  const fields = [...paths].sort().join(', ');
  const named = fields === '' || message.endsWith(JSON.stringify(fields));
  return `${message}${named ? '' : `: ${fields}`}${details ? `\n${details}` : ''}`;
}

/** Number of findings of each level. */
export function countLevels(findings: readonly Finding[]): Readonly<Record<FindingLevel, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { level } of findings) counts[level]++;
  return counts;
}
