import { type FieldError, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { Revision } from '../generated/types';
import { labels } from '../keys';
import type { KindRules } from '../kind-rules';
import { metadataErrors, ownerLabelErrors } from '../metadata';
import { type PrinterColumn, resourceType } from '../resource-type';
import { defaultRevisionSpec } from './default-revision-spec';
import { immutableSpecErrors } from './immutable';
import { revisionSpecErrors } from './template-errors';

export type { Revision, RevisionSpec, RevisionStatus, RevisionTemplateSpec } from '../generated/types';

const labelColumn = (name: string, label: string): PrinterColumn => ({
  name,
  type: 'string',
  jsonPath: `.metadata.labels['${label.replaceAll('.', '\\.')}']`,
});

/** A snapshot of code and settings. */
export const RevisionType = resourceType<Revision>('serving.knative.dev/v1', 'Revision', 'revisions', {
  shortNames: ['rev'],
  categories: ['all', 'knative', 'serving'],
  columns: [
    labelColumn('Config Name', labels.configuration),
    labelColumn('Generation', labels.configurationGeneration),
    ...readyColumns,
    statusColumn('Actual Replicas', 'actualReplicas', 'integer'),
    statusColumn('Desired Replicas', 'desiredReplicas', 'integer'),
  ],
});

function setDefaults(revision: Revision, config: ServingConfig): Revision {
  return { ...revision, spec: defaultRevisionSpec(revision.spec, {}, config) };
}

function validate({ metadata, spec }: Revision, config: ServingConfig): FieldError[] {
  return [
    ...via('metadata', [
      ...metadataErrors(metadata, { autoscaling: true }, config),
      ...ownerLabelErrors(metadata, labels.configuration, 'Configuration'),
    ]),
    ...via('spec', revisionSpecErrors(spec, config)),
  ];
}

function validateUpdate(old: Revision, next: Revision): FieldError[] {
  return immutableSpecErrors(old.spec, next.spec);
}

export const revisionRules: KindRules<Revision> = { setDefaults, validate, validateUpdate };
