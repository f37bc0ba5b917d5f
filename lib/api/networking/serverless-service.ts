import { type FieldError, invalidValue, missingField, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServerlessService } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { networkingAnnotationErrors } from '../metadata';
import { objectReferenceErrors } from '../object-reference';
import { resourceType } from '../resource-type';

export type { ServerlessService, ServerlessServiceSpec, ServerlessServiceStatus } from '../generated/types';

/** The Services of a revision. */
export const ServerlessServiceType = resourceType<ServerlessService>(
  'networking.internal.knative.dev/v1alpha1',
  'ServerlessService',
  'serverlessservices',
  {
    shortNames: ['sks'],
    categories: ['knative-internal', 'networking'],
    columns: [
      { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
      { name: 'Activators', type: 'integer', jsonPath: '.spec.numActivators' },
      statusColumn('ServiceName', 'serviceName'),
      statusColumn('PrivateServiceName', 'privateServiceName'),
      ...readyColumns,
    ],
  },
);

function validate({ metadata, spec }: ServerlessService): FieldError[] {
  const { mode, numActivators = 0, objectRef, protocolType } = spec;
  return [
    ...via('metadata.annotations', networkingAnnotationErrors(metadata.annotations)),
    ...via('spec', [
      ...(mode ? [] : [missingField('mode')]),
      ...(numActivators < 0 ? [invalidValue(numActivators, 'numActivators')] : []),
      ...via('objectRef', objectReferenceErrors(objectRef)),
      ...(protocolType ? [] : [missingField('protocolType')]),
    ]),
  ];
}

export const serverlessServiceRules: KindRules<ServerlessService> = { setDefaults: (service) => service, validate };
