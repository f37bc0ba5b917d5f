import { define } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import { ConfigurationSpec, configurationStatusFields, templateRules } from './configuration.schema';
import { routeStatusFields, serviceTraffic } from './route.schema';

const ServiceSpec = define(
  'ServiceSpec',
  'A configuration and a route in one: `template` is what runs, `traffic` who gets the requests.',
  { traffic: serviceTraffic() },
  { extends: [ConfigurationSpec], required: ['template'] },
);

export const Service = kind(
  'serving.knative.dev/v1',
  'Service',
  'A serverless service: owns the Configuration and the Route of its name.',
  ServiceSpec,
  status('ServiceStatus', 'What is known of a service.', { ...configurationStatusFields, ...routeStatusFields }),
  { rules: templateRules },
);
