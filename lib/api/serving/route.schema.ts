import { bool, define, int64, list, str } from '../schema/builders.schema';
import { Addressable, kind, status } from '../schema/meta.schema';
import type { CelRule } from '../schema/schema';

const fields = {
  tag: str('Gives the target a host of its own; a DNS label, unique in the list.', {
    maxLength: 63,
    rules: [{ rule: "self == '' || self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')", message: 'not a DNS 1035 label' }],
  }),
  revisionName: str('A revision by name. Not together with configurationName.', {
    maxLength: 253,
    rules: [
      {
        rule: "self == '' || self.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$')",
        messageExpression: `'invalid key name "' + self + '"'`,
        message: 'invalid key name',
      },
    ],
  }),
  configurationName: str('A configuration, whose latest ready revision is meant. Not together with revisionName.', {
    maxLength: 253,
  }),
  latestRevision: bool('True: the latest ready revision; false: the named one. Default: what revisionName implies.'),
  percent: int64('Share of the requests, 0 to 100; the sum over the list is 100. Default: 0.', { range: [0, 100] }),
};

/** A target of the spec; `url` is declared there because it must be refused by name. */
export const TrafficTarget = define(
  'TrafficTarget',
  'A share of the requests and who gets it.',
  {
    ...fields,
    url: str('Set in the status alone: where the tagged target can be reached.', {
      maxLength: 2048,
      rules: [{ rule: "self == ''", message: 'must not set the field(s)' }],
    }),
  },
  {
    rules: [
      {
        rule: "!has(self.latestRevision) || self.latestRevision != (has(self.revisionName) && self.revisionName != '')",
        message: 'may not set revisionName when latestRevision is true, nor leave it out when latestRevision is false',
        fieldPath: '.latestRevision',
      },
    ],
  },
);

const SUM = 'self.map(t, has(t.percent) ? t.percent : 0).sum()';

/** Rules of the whole list; within a Service an empty one stands for its default. */
const listRules = (withinService: boolean): CelRule[] => [
  {
    rule: `${withinService ? 'size(self) == 0 || ' : ''}${SUM} == 100`,
    message: 'Traffic targets must sum to 100',
  },
  {
    rule: "self.all(a, !has(a.tag) || a.tag == '' || self.exists_one(b, has(b.tag) && b.tag == a.tag))",
    message: 'Multiple definitions for one tag',
  },
];

const REVISION = "has(t.revisionName) && t.revisionName != ''";
const CONFIGURATION = "has(t.configurationName) && t.configurationName != ''";

/** The targets of a Service: its own configuration is meant, so that naming one is refused. */
export const serviceTraffic = () =>
  list(TrafficTarget, 'The targets. Default: everything to the latest ready revision.', {
    maxItems: 100,
    rules: [
      ...listRules(true),
      { rule: `!self.exists(t, ${CONFIGURATION})`, message: 'must not set the field(s): configurationName' },
    ],
  });

export const RouteSpec = define(
  'RouteSpec',
  'How requests are spread over revisions.',
  {
    traffic: list(TrafficTarget, 'The targets.', {
      maxItems: 100,
      rules: [
        ...listRules(false),
        {
          rule: `self.all(t, ${REVISION} || ${CONFIGURATION})`,
          message: 'expected exactly one, got neither: revisionName, configurationName',
        },
        {
          rule: `!self.exists(t, ${REVISION} && ${CONFIGURATION})`,
          message: 'expected exactly one, got both: revisionName, configurationName',
        },
      ],
    }),
  },
  { rules: [{ rule: 'has(self.traffic)', message: 'Traffic targets sum to 0, want 100', fieldPath: '.traffic' }] },
);

export const routeStatusFields = {
  url: str('Where the route can be reached.'),
  address: Addressable,
  traffic: list(TrafficTarget, 'The targets as they are now: every one names its revision.'),
};

export const Route = kind(
  'serving.knative.dev/v1',
  'Route',
  'A host name whose requests go to revisions, in shares.',
  RouteSpec,
  status('RouteStatus', 'What is known of a route.', routeStatusFields),
);
