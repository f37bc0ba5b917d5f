import { bool, define, int64, list, str } from '../schema/builders.schema';
import { Addressable, kind, status } from '../schema/meta.schema';

const fields = {
  tag: str('Gives the target a host of its own; a DNS label, unique in the list.', { maxLength: 63 }),
  revisionName: str('A revision by name. Not together with configurationName.', { maxLength: 253 }),
  configurationName: str('A configuration, whose latest ready revision is meant. Not together with revisionName.', {
    maxLength: 253,
  }),
  latestRevision: bool('True: the latest ready revision; false: the named one. Default: what revisionName implies.'),
  percent: int64('Share of the requests, 0 to 100; the sum over the list is 100. Default: 0.', { range: [0, 100] }),
};

/** A target of the spec; `url` is declared there because it must be refused by name. */
export const TrafficTarget = define('TrafficTarget', 'A share of the requests and who gets it.', {
  ...fields,
  url: str('Set in the status alone: where the tagged target can be reached.'),
});

export const RouteSpec = define('RouteSpec', 'How requests are spread over revisions.', {
  traffic: list(TrafficTarget, 'The targets.', { maxItems: 100 }),
});

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
