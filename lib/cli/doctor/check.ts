import type { Machine } from './machine';

/** `fail` keeps `knc dev` from working, `warn` is worth knowing. */
export type CheckLevel = 'ok' | 'warn' | 'fail';

/** What one check found. */
export interface CheckResult {
  readonly level: CheckLevel;
  /** What is, in one line. */
  readonly text: string;
  /** What to do about it; `fail` and `warn` have one. */
  readonly remedy?: string;
}

export interface Check {
  /** One or two words: `gateway port`. */
  readonly name: string;
  run(machine: Machine): Promise<CheckResult>;
}

export interface NamedResult extends CheckResult {
  readonly name: string;
}

export const ok = (text: string): CheckResult => ({ level: 'ok', text });
export const warn = (text: string, remedy: string): CheckResult => ({ level: 'warn', text, remedy });
export const fail = (text: string, remedy: string): CheckResult => ({ level: 'fail', text, remedy });
