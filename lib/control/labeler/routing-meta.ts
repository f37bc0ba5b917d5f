import { annotations, type Configuration, labels, type Revision, type Stored } from '../../api';
import { timestamp } from '../../base';
import { listAnnotation } from '../metadata';

const ROUTES = annotations.routes[0];

/** Metadata to merge into an object; null removes a key. */
interface MetadataChange {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
}

/** What makes the object name the route, or no longer name it, among those that lead to it; undefined if nothing does. */
export function routesChange(object: Configuration | Revision, route: string, leads: boolean): MetadataChange | undefined {
  const routes = listAnnotation(object.metadata.annotations, ROUTES);
  if (routes.includes(route) === leads) return undefined;
  const next = leads ? [...routes, route].sort() : routes.filter((name) => name !== route);
  return { annotations: { [ROUTES]: next.length > 0 ? next.join(',') : null } };
}

/** As `routesChange`, and the revision's routing state with it: active while any route leads to it, else in reserve. */
export function revisionChange(
  revision: Stored<Revision>,
  route: string,
  leads: boolean,
  now: number,
): MetadataChange | undefined {
  const change = routesChange(revision, route, leads);
  const current = revision.metadata.annotations?.[ROUTES];
  const routes = change ? change.annotations![ROUTES] : current;
  const state = routes ? 'active' : 'reserve';
  if (revision.metadata.labels?.[labels.routingState] === state) return change;
  return {
    labels: { [labels.routingState]: state },
    annotations: { ...change?.annotations, [annotations.routingStateModified[0]]: timestamp(now) },
  };
}
