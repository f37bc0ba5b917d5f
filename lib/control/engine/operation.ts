import { controllerOf, type KubeObject, keyOf, parseQuantity, type ResourceType, type Stored } from '../../api';
import { isJsonObject, mergePatch } from '../../base';
import type { Apply, Patch, Plan } from '../reconciler';
import { includes, overlay, semanticEqual } from './json';

/** One write that a plan leads to. */
export type Operation =
  | { readonly verb: 'create'; readonly type: ResourceType; readonly object: KubeObject }
  | { readonly verb: 'update'; readonly type: ResourceType; readonly object: KubeObject }
  | { readonly verb: 'patch'; readonly patch: Patch }
  | { readonly verb: 'delete'; readonly type: ResourceType; readonly object: Stored<KubeObject> };

/** Looks an object up among those last seen. */
export type Lookup = (type: ResourceType, namespace: string | undefined, name: string) => Stored<KubeObject> | undefined;

/** Fills in what a kind leaves to its defaults. */
export type Defaulter = (object: KubeObject) => KubeObject;

/**
 * The writes that make what is into what the plan says, in the plan's order; none where nothing would change. Pure, so that
 * plans can be previewed and compared with a live cluster.
 */
export function operations(plan: Plan, lookup: Lookup, setDefaults: Defaulter): Operation[] {
  const result: Operation[] = [];
  for (const apply of plan.apply ?? []) {
    const { namespace, name } = apply.object.metadata;
    const existing = lookup(apply.type, namespace, name ?? '');
    if (!existing) result.push({ verb: 'create', type: apply.type, object: apply.object });
    else {
      const object = updated(existing, apply, setDefaults);
      if (object) result.push({ verb: 'update', type: apply.type, object });
    }
  }
  for (const patch of plan.patch ?? []) if (changes(patch, lookup)) result.push({ verb: 'patch', patch });
  for (const { type, namespace, name } of plan.remove ?? []) {
    const object = lookup(type, namespace, name);
    if (object && !object.metadata.deletionTimestamp) result.push({ verb: 'delete', type, object });
  }
  return result;
}

/** The object to write so that `existing` says what is wanted, or undefined if it does. */
function updated(existing: Stored<KubeObject>, apply: Apply, setDefaults: Defaulter): KubeObject | undefined {
  const desired = apply.object;
  const owner = controllerOf(desired);
  const actualOwner = controllerOf(existing);
  if (owner && actualOwner && owner.uid !== actualOwner.uid) {
    throw new Error(`${existing.kind} ${JSON.stringify(keyOf(existing))} belongs to ${actualOwner.kind} "${actualOwner.name}"`);
  }
  const metadata = updatedMetadata(existing, apply);
  const body = isOwnKind(apply.type) ? exactBody(existing, desired, setDefaults) : subsetBody(existing, desired);
  if (!metadata && !body) return undefined;
  return { ...existing, ...body, metadata: { ...existing.metadata, ...metadata } };
}

function updatedMetadata(existing: Stored<KubeObject>, { object, metadata: mode }: Apply): object | undefined {
  const want = object.metadata;
  const have = existing.metadata;
  const change: Record<string, unknown> = {};
  for (const field of ['labels', 'annotations'] as const) {
    const next = mode === 'replace' ? (want[field] ?? {}) : { ...have[field], ...want[field] };
    if (!semanticEqual(have[field], next)) change[field] = next;
  }
  const owners = want.ownerReferences?.filter((owner) => !have.ownerReferences?.some((o) => semanticEqual(o, owner))) ?? [];
  if (owners.length > 0) {
    const kept = have.ownerReferences?.filter((o) => !owners.some((owner) => owner.uid === o.uid)) ?? [];
    change.ownerReferences = [...kept, ...owners];
  }
  return Object.keys(change).length > 0 ? change : undefined;
}

/** Kinds of this package, whose defaults are known, so that a spec can be compared whole. */
function isOwnKind(type: ResourceType): boolean {
  return type.group.endsWith('knative.dev');
}

function exactBody(existing: KubeObject, desired: KubeObject, setDefaults: Defaulter): object | undefined {
  const equal =
    semanticEqual(existing.spec, desired.spec) || semanticEqual(setDefaults(existing).spec, setDefaults(desired).spec);
  return equal ? undefined : { spec: desired.spec };
}

const HEAD = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** A server adds defaults to built-in kinds: only what the desired object says is compared and written. */
function subsetBody(existing: KubeObject, desired: KubeObject): object | undefined {
  const body = Object.fromEntries(Object.entries(desired).filter(([key]) => !HEAD.has(key)));
  const current = existing as unknown as Record<string, unknown>;
  if (includes(current, body, sameQuantity)) return undefined;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, overlay(current[key], value)]));
}

/** A server writes quantities its own way: `0.5` becomes `500m`. */
function sameQuantity(actual: unknown, desired: unknown, parentKey: string): boolean {
  if (parentKey !== 'requests' && parentKey !== 'limits') return false;
  if (actual === undefined || isJsonObject(actual) || desired === undefined || isJsonObject(desired)) return false;
  const [a, b] = [parseQuantity(String(actual)), parseQuantity(String(desired))];
  return a !== undefined && a === b;
}

/** Whether a patch would change what was last seen; what cannot be known is taken for a change. */
function changes(patch: Patch, lookup: Lookup): boolean {
  const target = lookup(patch.type, patch.namespace, patch.name);
  if (!target) return false;
  if (!('merge' in patch.patch) || patch.subresource === 'scale') return true;
  return !semanticEqual(mergePatch(target, patch.patch.merge), target);
}
