import type { IConstruct } from 'constructs';
import type { WarningRule } from '../model';

/** Where constructs of Eventing keep the warnings that are accepted at them; shared by all copies of this package. */
export const SILENCE = Symbol.for('knative-constructs.silence');

/** Warnings that are accepted at a construct of Eventing; none at others. */
export const silenceOf = (construct: IConstruct | undefined): readonly WarningRule[] =>
  (construct as { readonly [SILENCE]?: readonly WarningRule[] } | undefined)?.[SILENCE] ?? [];
