import { readyColumns, statusColumn } from '../columns';
import type { Revision } from '../generated/types';
import { labels } from '../keys';
import { type PrinterColumn, resourceType } from '../resource-type';

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
