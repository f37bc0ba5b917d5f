import type { Deployment, PodSpec, ReplicaSet } from '../../../api';
import { timeSince } from './human-duration';
import { selectorText } from './selector-text';
import { ageColumn, column, countColumn, nameColumn, type Printer, wideColumn } from './table';

const containerColumns = [
  wideColumn('Containers', 'The names of the containers of the template.'),
  wideColumn('Images', 'The images of the containers of the template.'),
  wideColumn('Selector', 'Which pods it counts as its own.'),
];

/** Names and images of the containers. */
const containerCells = ({ containers }: PodSpec): readonly [string, string] => [
  containers.map(({ name }) => name ?? '').join(','),
  containers.map(({ image }) => image ?? '').join(','),
];

export const deploymentPrinter: Printer<Deployment> = {
  columns: [
    nameColumn,
    column('Ready', 'How many of the wanted pods are ready.'),
    column('Up-to-date', 'How many pods are of the current template.', { type: 'string' }),
    column('Available', 'How many pods have been ready for long enough.', { type: 'string' }),
    ageColumn,
    ...containerColumns,
  ],
  cells({ metadata, spec, status = {} }, now) {
    return [
      metadata.name ?? '',
      `${status.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
      status.updatedReplicas ?? 0,
      status.availableReplicas ?? 0,
      timeSince(metadata.creationTimestamp, now),
      ...containerCells(spec.template.spec),
      selectorText(spec.selector),
    ];
  },
};

export const replicaSetPrinter: Printer<ReplicaSet> = {
  columns: [
    nameColumn,
    countColumn('Desired', 'How many pods there should be.'),
    countColumn('Current', 'How many pods there are.'),
    countColumn('Ready', 'How many pods are ready.'),
    ageColumn,
    ...containerColumns,
  ],
  cells({ metadata, spec, status = {} }, now) {
    return [
      metadata.name ?? '',
      spec.replicas ?? 1,
      status.replicas ?? 0,
      status.readyReplicas ?? 0,
      timeSince(metadata.creationTimestamp, now),
      ...containerCells(spec.template.spec),
      selectorText(spec.selector) || '<none>',
    ];
  },
};
