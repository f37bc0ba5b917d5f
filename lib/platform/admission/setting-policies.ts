import { INSTALLATION } from '../../api';
import { type AdmissionPolicy, type AdmissionRule, quoted } from './policy';

const BOOLS = ['1', 't', 'T', 'true', 'TRUE', 'True', '0', 'f', 'F', 'false', 'FALSE', 'False'];
const KINDS = {
  int: [`matches("^[+-]?[0-9]+$")`, 'strconv.ParseInt: parsing'],
  float: [`matches("^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$")`, 'strconv.ParseFloat: parsing'],
  duration: [`matches("^[+-]?(0|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|ms|s|m|h))+)$")`, 'time: invalid duration'],
  limited: [`matches("^([Dd]isabled|([0-9]+[.]?[0-9]*(ns|us|ms|s|m|h))+|[0-9]+)$")`, 'neither disabled nor what it should be:'],
} as const;
type Kind = keyof typeof KINDS | 'bool';

const value = (key: string): string => `variables.data[?${quoted(key)}]`;

/** The text of a key can be read, in upstream's words. */
function readable(key: string, kind: Kind): AdmissionRule {
  const text = `${value(key)}.orValue("")`;
  const [fine, why] =
    kind === 'bool'
      ? [`${text} in ${JSON.stringify(BOOLS)}`, 'strconv.ParseBool: parsing']
      : [`${text}.${KINDS[kind][0]}`, KINDS[kind][1]];
  return {
    expression: `!${value(key)}.hasValue() || ${fine}`,
    message: `${quoted(`failed to parse "${key}": ${why} "`)} + ${text} + ${quoted(`"${kind === 'duration' ? '' : ': invalid syntax'}`)}`,
  };
}

const readables = (kind: Kind, keys: readonly string[]): AdmissionRule[] => keys.map((key) => readable(key, kind));

const duration = (key: string): string =>
  `(${value(key)}.orValue("").${KINDS.duration[0]} ? duration(${value(key)}.orValue("0s")) : duration("6s"))`;
const number = (key: string, otherwise: string): string =>
  `(${value(key)}.orValue("").${KINDS.float[0]} ? double(${value(key)}.orValue("0")) : ${otherwise})`;

const must = (key: string, fine: string, told: string): AdmissionRule => ({
  expression: `!${value(key)}.hasValue() || ${fine}`,
  message: `${quoted(`${key} = `)} + ${value(key)}.orValue("") + ${quoted(told)}`,
});

const AUTOSCALER: readonly AdmissionRule[] = [
  ...readables('bool', ['enable-scale-to-zero', 'allow-zero-initial-scale']),
  ...readables('int', ['initial-scale', 'min-scale', 'max-scale', 'max-scale-limit']),
  ...readables('float', [
    ...['container-concurrency-target-percentage', 'container-concurrency-target-default', 'target-burst-capacity'],
    ...['requests-per-second-target-default', 'max-scale-up-rate', 'max-scale-down-rate'],
    ...['panic-window-percentage', 'panic-threshold-percentage', 'activator-capacity'],
  ]),
  ...readables('duration', [
    ...['stable-window', 'scale-to-zero-grace-period', 'scale-to-zero-pod-retention-period', 'scale-down-delay'],
  ]),
  must(
    'stable-window',
    `(${duration('stable-window')} >= duration("6s") && ${duration('stable-window')} <= duration("1h"))`,
    ', must be in [6s; 1h0m0s] range',
  ),
  must('max-scale-up-rate', `${number('max-scale-up-rate', '2.0')} > 1.0`, ', must be greater than 1.0'),
  must('max-scale-down-rate', `${number('max-scale-down-rate', '2.0')} > 1.0`, ', must be greater than 1.0'),
  must(
    'panic-window-percentage',
    `(${number('panic-window-percentage', '1.0')} >= 1.0 && ${number('panic-window-percentage', '1.0')} <= 100.0)`,
    ', must be in [1, 100] interval',
  ),
];

const DEFAULTS: readonly AdmissionRule[] = [
  ...readables('int', [
    ...['revision-timeout-seconds', 'max-revision-timeout-seconds', 'revision-response-start-timeout-seconds'],
    ...['revision-idle-timeout-seconds', 'container-concurrency', 'container-concurrency-max-limit'],
  ]),
  ...readables('bool', ['allow-container-concurrency-zero']),
];

const of = (name: string, rules: readonly AdmissionRule[], namespace: string): AdmissionPolicy => ({
  name: `settings-${name.replace(/^config-/, '')}`,
  ...{ group: '', versions: ['v1'], resources: ['configmaps'], namespaces: [namespace], names: [name], rules },
  variables: [{ name: 'data', expression: 'object.?data.orValue({})' }],
});

const { servingNamespace } = INSTALLATION;

/** Values of Knative's ConfigMaps that cannot be read are refused: the platform would go on with what was there before. */
export const settingPolicies: readonly AdmissionPolicy[] = [
  of('config-autoscaler', AUTOSCALER, servingNamespace),
  of('config-defaults', DEFAULTS, servingNamespace),
  of(
    'config-deployment',
    [
      ...readables('duration', ['digest-resolution-timeout', 'progress-deadline']),
      ...readables('bool', ['digest-resolution-strict', 'queue-sidecar-enabled']),
    ],
    servingNamespace,
  ),
  of(
    'config-gc',
    [
      ...readables('limited', ['retain-since-create-time', 'retain-since-last-active-time', 'max-non-active-revisions']),
      ...readables('int', ['min-non-active-revisions']),
    ],
    servingNamespace,
  ),
  of(
    'config-network',
    [...readables('int', ['rollout-duration']), ...readables('bool', ['autocreate-cluster-domain-claims'])],
    servingNamespace,
  ),
];
