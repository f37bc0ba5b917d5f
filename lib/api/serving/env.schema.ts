import { bool, define, exactlyOne, list, quantity, str } from '../schema/builders.schema';

const keyRef = (name: string, of: string) =>
  define(
    name,
    `One key of a ${of}.`,
    {
      name: str(`Name of the ${of}.`),
      key: str('The key.'),
      optional: bool(`Whether the ${of} or its key may be missing.`),
    },
    { required: ['key'], atomic: true },
  );

const source = (name: string, of: string) =>
  define(
    name,
    `All keys of a ${of}.`,
    { name: str(`Name of the ${of}.`), optional: bool(`Whether the ${of} may be missing.`) },
    { atomic: true },
  );

export const ObjectFieldSelector = define(
  'ObjectFieldSelector',
  'A field of the pod.',
  { apiVersion: str('API version of the field path.'), fieldPath: str('Path of the field, such as `metadata.name`.') },
  { required: ['fieldPath'], atomic: true },
);

export const ResourceFieldSelector = define(
  'ResourceFieldSelector',
  'A resource of a container.',
  {
    containerName: str('The container; needed in volumes, by default this one in env.'),
    resource: str('The resource, such as `limits.cpu`.'),
    divisor: quantity('Unit of the value. Default: 1.'),
  },
  { required: ['resource'], atomic: true },
);

const EnvVarSource = define('EnvVarSource', 'Where a value comes from: exactly one of these.', {
  configMapKeyRef: keyRef('ConfigMapKeySelector', 'ConfigMap'),
  secretKeyRef: keyRef('SecretKeySelector', 'Secret'),
  fieldRef: ObjectFieldSelector,
  resourceFieldRef: ResourceFieldSelector,
});

export const EnvVar = define(
  'EnvVar',
  'One environment variable.',
  {
    name: str('Name of the variable. PORT, K_SERVICE, K_CONFIGURATION and K_REVISION are set by Knative.', {
      maxLength: 1024,
      rules: [
        { rule: "self != ''", message: 'missing field(s)' },
        {
          rule: "!(self in ['K_SERVICE', 'K_CONFIGURATION', 'K_REVISION'])",
          messageExpression: `'"' + self + '" is a reserved environment variable'`,
          message: 'a reserved environment variable',
        },
      ],
    }),
    value: str('The value; `$(NAME)` stands for an earlier variable.'),
    valueFrom: EnvVarSource,
  },
  { required: ['name'] },
);

export const EnvFromSource = define(
  'EnvFromSource',
  'Variables from all keys of a ConfigMap or Secret: exactly one of these.',
  {
    prefix: str('Put before each key.'),
    configMapRef: source('ConfigMapEnvSource', 'ConfigMap'),
    secretRef: source('SecretEnvSource', 'Secret'),
  },
  { rules: exactlyOne('configMapRef', 'secretRef') },
);

export const env = () => list(EnvVar, 'Environment variables.', { listType: 'map', listMapKeys: ['name'], maxItems: 1000 });
export const envFrom = () =>
  list(EnvFromSource, 'ConfigMaps and Secrets whose keys become variables.', { listType: 'atomic', maxItems: 100 });
