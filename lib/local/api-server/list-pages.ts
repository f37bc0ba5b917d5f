import { randomUUID } from 'node:crypto';
import type { KubeObject, Stored } from '../../api';
import type { Clock } from '../../base';
import { ClusterError, type ObjectList } from '../../kube';

/** How long the rest of a list can be asked for, in milliseconds: as long as etcd usually keeps an old revision. */
const KEPT_MS = 5 * 60 * 1000;
/** How many lists that somebody has begun to read are kept. */
const MAX_LISTS = 64;

interface Kept {
  readonly scope: string;
  readonly list: ObjectList<KubeObject>;
  readonly counted: boolean;
  readonly until: number;
}

/** One page of a list. */
export interface Page extends ObjectList<KubeObject> {
  /** Asks for the next page; absent on the last one. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/**
 * Cuts lists into pages. All pages of a list show it as it was when the first one was read: stored objects do not change, so
 * keeping it costs its references.
 */
export class ListPages {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /**
   * The first page.
   * @param scope what is listed, which a token cannot change
   * @param counted whether a page says how many objects are left: as on an API server not if they are selected
   */
  first(scope: string, list: ObjectList<KubeObject>, limit: number | undefined, counted: boolean): Page {
    if (limit === undefined || list.items.length <= limit) return list;
    const id = randomUUID();
    this.#forget();
    const kept = { scope, list, counted, until: this.clock.now() + KEPT_MS };
    this.#kept.set(id, kept);
    return page(id, kept, 0, limit);
  }

  /** The page that a token asks for. @throws ClusterError BadRequest or Expired */
  next(scope: string, token: string, limit: number | undefined): Page {
    const [, id, start] = /^([-0-9a-f]{36})\.(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1')) ?? [];
    if (id === undefined || start === undefined) throw new ClusterError('BadRequest', 'continue key is not valid: illegal token');
    const kept = this.#kept.get(id);
    if (!kept || kept.until <= this.clock.now()) {
      throw new ClusterError(
        'Expired',
        'The provided continue parameter is too old to display a consistent list result. You must start a new list without the ' +
          'continue parameter.',
      );
    }
    if (kept.scope !== scope) throw new ClusterError('BadRequest', 'continue key is not valid: it belongs to another list');
    return page(id, kept, Number(start), limit ?? kept.list.items.length);
  }

  #forget(): void {
    const now = this.clock.now();
    for (const [id, { until }] of this.#kept) if (until <= now || this.#kept.size >= MAX_LISTS) this.#kept.delete(id);
  }
}

function page(id: string, { list, counted }: Kept, start: number, limit: number): Page {
  const { items, resourceVersion } = list;
  const end = start + limit;
  const part: readonly Stored<KubeObject>[] = items.slice(start, end);
  if (end >= items.length) return { items: part, resourceVersion };
  const token = Buffer.from(`${id}.${end}`, 'latin1').toString('base64url');
  const left = counted ? { remainingItemCount: items.length - end } : {};
  return { items: part, resourceVersion, continue: token, ...left };
}
