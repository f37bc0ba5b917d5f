import { define, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import type { CelRule } from '../schema/schema';
import { RevisionTemplateSpec } from './revision.schema';

const NAMED =
  "has(self.spec.template.metadata) && has(self.spec.template.metadata.name) && self.spec.template.metadata.name != ''";

/** Rules of an object with a template: the name that it may give to revisions, and that revisions never change. */
export const templateRules: readonly CelRule[] = [
  {
    rule: `!(${NAMED}) || self.spec.template.metadata.name.startsWith(self.metadata.name + '-')`,
    messageExpression: `'invalid value: "' + self.spec.template.metadata.name + '" must have prefix "' + self.metadata.name + '-"'`,
    message: 'the name of the template must begin with the name of the object and a dash',
    fieldPath: '.spec.template.metadata.name',
  },
  {
    rule: `!(${NAMED}) || !(${NAMED.replaceAll('self', 'oldSelf')}) || self.spec.template.metadata.name != oldSelf.spec.template.metadata.name || self.spec.template == oldSelf.spec.template`,
    message: 'Saw changes without a name change: spec.template.metadata.name',
    fieldPath: '.spec.template.metadata.name',
  },
];

export const ConfigurationSpec = define(
  'ConfigurationSpec',
  'The latest wanted state of code and settings.',
  { template: RevisionTemplateSpec },
  { required: ['template'] },
);

export const configurationStatusFields = {
  latestReadyRevisionName: str('The newest revision that became ready.'),
  latestCreatedRevisionName: str('The newest revision; it need not be ready yet.'),
};

export const Configuration = kind(
  'serving.knative.dev/v1',
  'Configuration',
  'The floating head of revisions: each change of its template makes a new one.',
  ConfigurationSpec,
  status('ConfigurationStatus', 'What is known of a configuration.', configurationStatusFields),
  { rules: templateRules },
);
