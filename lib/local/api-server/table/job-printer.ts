import type { Job } from '../../../api';
import { humanDuration, timeSince } from './human-duration';
import { selectorText } from './selector-text';
import { ageColumn, column, nameColumn, type Printer, wideColumn } from './table';

export const jobPrinter: Printer<Job> = {
  columns: [
    nameColumn,
    column('Status', 'Whether it runs, or how it has ended.'),
    column('Completions', 'How many of its pods have succeeded, and how many have to.'),
    column('Duration', 'How long it has run, or ran.'),
    ageColumn,
    wideColumn('Containers', 'The names of the containers of the template.'),
    wideColumn('Images', 'The images of the containers of the template.'),
    wideColumn('Selector', 'Which pods it counts as its own.'),
  ],
  cells(job, now) {
    const { metadata, spec } = job;
    const { containers } = spec.template.spec;
    return [
      metadata.name ?? '',
      stateOf(job),
      completions(job),
      lasting(job, now),
      timeSince(metadata.creationTimestamp, now),
      containers.map(({ name }) => name ?? '').join(','),
      containers.map(({ image }) => image ?? '').join(','),
      selectorText(spec.selector ?? {}),
    ];
  },
};

function stateOf({ metadata, status }: Job): string {
  const has = (type: string) => !!status?.conditions?.some((one) => one.type === type && one.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function completions({ spec: { completions: wanted, parallelism = 0 }, status: { succeeded = 0 } = {} }: Job): string {
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function lasting({ status: { startTime, completionTime } = {} }: Job, now: number): string {
  if (!startTime) return '';
  return humanDuration((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime));
}
