import type { KubeObject } from '../../api';
import { apiVersionOf } from '../../api';
import type { FieldChange } from '../../roles/preview';
import type { Style } from '../output/style';
import { wrap } from '../why/wrap';
import { changeName, type DeployPlan, type PlannedChange, type ScaleMove, type TrafficMove, type TrafficShare } from './plan';

const SIGNS = { created: '+', changed: '~', deleted: '-' } as const;
/** Longest value that is shown of a field. */
const VALUE_LENGTH = 60;

const paint = (change: PlannedChange['change'], style: Style) =>
  ({ created: style.green, changed: style.yellow, deleted: style.red })[change];

function value(of: unknown): string {
  const text = JSON.stringify(of) ?? 'none';
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH - 1)}…` : text;
}

function fieldLine({ path, ...change }: FieldChange): string {
  if (!('before' in change)) return `${path}: ${value(change.after)} (new)`;
  if (!('after' in change)) return `${path}: ${value(change.before)} (goes)`;
  return `${path}: ${value(change.before)} → ${value(change.after)}`;
}

const shareText = ({ revision, percent, tag }: TrafficShare): string => `${revision} ${percent}%${tag ? ` (tag ${tag})` : ''}`;

function trafficLine({ namespace, route, from, to }: TrafficMove): string {
  const [old, next] = [from, to].map((shares) => shares.map(shareText).join(', '));
  return `${namespace}/${route}: ${old ? `${old} → ` : ''}${next || 'nothing'}`;
}

function scaleLine({ namespace, revision, from, to }: ScaleMove, changes: readonly PlannedChange[]): string {
  const change = changes.find(
    ({ type, name, ...at }) => type.kind === 'Revision' && name === revision && at.namespace === namespace,
  );
  const known = change?.change === 'created' ? 'starts' : change?.change === 'deleted' ? 'ends' : undefined;
  const what = known ?? (from === 0 ? 'woken' : to === 0 ? 'goes to zero' : 'scaled');
  return `${namespace}/${revision}: ${from} → ${to} ${to === 1 ? 'pod' : 'pods'} (${what})`;
}

const sameObject = (change: PlannedChange, root: KubeObject): boolean =>
  change.type.kind === root.kind &&
  apiVersionOf(change.type) === root.apiVersion &&
  change.namespace === root.metadata.namespace &&
  change.name === root.metadata.name;

/** What controllers do on behalf of one object, a paragraph for each sign. */
function childLines(children: readonly PlannedChange[], style: Style, columns: number): string[] {
  return (['created', 'changed', 'deleted'] as const).flatMap((change) => {
    const names = children.filter((child) => child.change === change).map(({ type, name }) => `${type.kind} ${name}`);
    if (names.length === 0) return [];
    // A kind and its name stay together.
    const lines = wrap(names.map((name) => name.replace(' ', '\u00a0')).join(', '), columns - 7);
    return lines.map(
      (line, i) => `    ${i === 0 ? paint(change, style)(SIGNS[change]) : ' '} ${style.dim(line.replaceAll('\u00a0', ' '))}`,
    );
  });
}

function changeLines({ changes }: DeployPlan, style: Style, columns: number): string[] {
  const roots = changes.filter(({ root }) => root === undefined);
  const shown = roots.flatMap((top) => {
    const children = changes.filter(({ root }) => root !== undefined && sameObject(top, root));
    return [
      `${paint(top.change, style)(SIGNS[top.change])} ${style.bold(changeName(top))}`,
      ...top.fields.map((field) => `    ${fieldLine(field)}`),
      ...childLines(children, style, columns),
    ];
  });
  // What controllers change of objects that themselves stay as they are.
  const rest = changes.filter(({ root }) => root !== undefined && !roots.some((top) => sameObject(top, root)));
  const names = new Map(rest.map(({ root }) => [`${root!.kind} ${root!.metadata.namespace}/${root!.metadata.name}`, root!]));
  const beside = [...names].flatMap(([name, root]) => [
    `  ${name}`,
    ...childLines(
      rest.filter((change) => change.root === root || sameRoot(change.root!, root)),
      style,
      columns,
    ),
  ]);
  return [...shown, ...beside];
}

const sameRoot = (a: KubeObject, b: KubeObject): boolean =>
  a.kind === b.kind && a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name;

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length > 0 ? ['', style.bold(title), ...lines.map((line) => `  ${line}`)] : [];
}

function summary({ changes, refused }: DeployPlan, style: Style): string {
  const count = (change: PlannedChange['change']) =>
    changes.filter((one) => one.change === change && one.root === undefined).length;
  const derived = changes.filter(({ root }) => root !== undefined).length;
  const parts = [`${count('created')} to create`, `${count('changed')} to change`, `${count('deleted')} to delete`];
  const more = derived > 0 ? `, ${derived} more by controllers` : '';
  const no = refused.length > 0 ? `, ${style.red(`${refused.length} refused`)}` : '';
  return `${parts.join(', ')}${more}${no}. Nothing was changed.`;
}

/** A plan for people. @param target what cluster it is about */
export function formatPlan(plan: DeployPlan, target: string, style: Style, columns = 80): string {
  const nothing = plan.changes.length === 0 && plan.refused.length === 0;
  const lines = [
    style.dim(`plan against ${target}, every pod assumed ready and the load to stay as it is`),
    ...(nothing ? ['no changes: the cluster is as the input declares it'] : changeLines(plan, style, columns)),
    ...section('traffic', plan.traffic.map(trafficLine), style),
    ...section(
      'pods',
      plan.scale.map((move) => scaleLine(move, plan.changes)),
      style,
    ),
    ...section(
      'refused',
      plan.refused.map(({ object, message }) => `${object.kind} ${object.metadata.name}: ${message}`),
      style,
    ),
    ...section('worth knowing', plan.warnings, style),
    '',
    summary(plan, style),
  ];
  return `${lines.join('\n')}\n`;
}

/** A plan for programs. */
export function planJson(plan: DeployPlan, target: string): string {
  const changes = plan.changes.map(({ change, type, namespace, name, declared, fields, root }) => ({
    change,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    ...(namespace ? { namespace } : {}),
    name,
    declared,
    ...(root ? { for: { kind: root.kind, name: root.metadata.name } } : {}),
    ...(fields.length > 0 ? { fields } : {}),
  }));
  const refused = plan.refused.map(({ object: { apiVersion, kind, metadata }, message }) => ({
    apiVersion,
    kind,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    name: metadata.name,
    message,
  }));
  const { traffic, scale, warnings } = plan;
  return `${JSON.stringify({ target, changes, traffic, scale, refused, warnings }, null, 2)}\n`;
}
