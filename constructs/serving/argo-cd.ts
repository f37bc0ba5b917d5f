import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { KncError } from '../../lib/base';

/** When a hook runs. */
export type ArgoHook = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail' | 'PreDelete' | 'PostDelete' | 'Skip';

/** When a hook's objects are deleted. */
export type ArgoHookDeletion = 'HookSucceeded' | 'HookFailed' | 'BeforeHookCreation';

/** What Argo CD does differently with one object. Only what is named is written. */
export interface ArgoSyncOptions {
  /** Do not try the object first while its kind is unknown: the definition comes with an earlier wave, or from elsewhere. */
  readonly skipDryRunOnMissingResource?: boolean;
  /** `false`: keep the object when it is no longer in git; `confirm`: ask first. */
  readonly prune?: boolean | 'confirm';
  /** `false`: keep the object when the Application is deleted; `confirm`: ask first. */
  readonly delete?: boolean | 'confirm';
  /** Prune the object after everything else has become healthy. */
  readonly pruneLast?: boolean;
  /** `false`: apply without validation. */
  readonly validate?: boolean;
  /** Apply on the server, or expressly not. */
  readonly serverSideApply?: boolean;
  /** Replace the object instead of applying changes. */
  readonly replace?: boolean;
  /** With `replace`: delete the object and create it anew. */
  readonly force?: boolean;
}

const PREFIX = 'argocd.argoproj.io';
const OPTIONS = `${PREFIX}/sync-options`;

const optionName = (key: string): string => key[0]!.toUpperCase() + key.slice(1);

/**
 * How Argo CD applies the objects of a construct, of a chart, or of any other part of the tree: annotations, nothing else.
 * They are set on the objects that are there when the function is called.
 *
 * @example
 * ArgoCd.inOrder(definitions, settings, services); // waves 0, 1, 2: each waits until the one before is healthy
 * ArgoCd.syncOptions(services, { skipDryRunOnMissingResource: true });
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
// biome-ignore lint/complexity/noStaticOnlyClass: a name under which the functions stand together, as cdk8s does it
export class ArgoCd {
  /**
   * Lower waves are applied first; the next one waits until all objects of the wave are healthy. Objects without a wave are in wave 0.
   * @throws KncError KNC1001 if `wave` is no whole number
   */
  static syncWave(scope: IConstruct, wave: number): void {
    if (!Number.isSafeInteger(wave)) {
      const remedy = 'Give a whole number, such as -1 or 3.';
      throw new KncError('KNC1001', `a sync wave is a whole number, not ${wave}`, { where: scope.node.path, remedy });
    }
    annotate(scope, `${PREFIX}/sync-wave`, String(wave));
  }

  /** One wave for each scope, from 0. */
  static inOrder(...scopes: readonly IConstruct[]): void {
    for (const [wave, scope] of scopes.entries()) ArgoCd.syncWave(scope, wave);
  }

  /** Options of single objects; those set before stay unless they are set again. */
  static syncOptions(scope: IConstruct, options: ArgoSyncOptions): void {
    const given = Object.entries(options).flatMap(([key, value]) =>
      value === undefined ? [] : [[optionName(key), String(value)] as const],
    );
    for (const object of objectsOf(scope)) {
      const before = (annotationsOf(object)[OPTIONS] ?? '').split(',').filter(Boolean);
      const all = new Map(before.map((option) => option.trim().split('=', 2) as [string, string]));
      for (const [name, value] of given) all.set(name, value);
      object.metadata.addAnnotation(OPTIONS, [...all].map(([name, value]) => `${name}=${value}`).join(','));
    }
  }

  /**
   * Makes the objects a hook: applied at that point of every sync, and not a part of what is kept in step.
   * @param deletion when the objects are deleted. Default: before the hook is created anew
   */
  static hook(scope: IConstruct, hook: ArgoHook, deletion?: ArgoHookDeletion): void {
    annotate(scope, `${PREFIX}/hook`, hook);
    if (deletion) annotate(scope, `${PREFIX}/hook-delete-policy`, deletion);
  }
}

const objectsOf = (scope: IConstruct): ApiObject[] =>
  scope.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));

function annotationsOf(object: ApiObject): Readonly<Record<string, string>> {
  return (object.metadata.toJson() as { readonly annotations?: Record<string, string> }).annotations ?? {};
}

function annotate(scope: IConstruct, key: string, value: string): void {
  for (const object of objectsOf(scope)) object.metadata.addAnnotation(key, value);
}
