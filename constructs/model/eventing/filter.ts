import type { SubscriptionsAPIFilter } from '../../../lib/api';

type Attributes = Readonly<Record<string, string>>;

/**
 * Which events pass. A value; attributes are those of the event's context (`type`, `source`, `subject`, extensions).
 *
 * @example
 * Filter.all(Filter.prefix({ type: 'order.' }), Filter.not(Filter.exact({ subject: 'test' })))
 * @see https://knative.dev/docs/eventing/triggers/#trigger-filtering
 */
export class Filter {
  /** Every attribute has exactly this value. */
  static exact(attributes: Attributes): Filter {
    return new Filter({ exact: attributes });
  }

  /** Every attribute begins with this. */
  static prefix(attributes: Attributes): Filter {
    return new Filter({ prefix: attributes });
  }

  /** Every attribute ends with this. */
  static suffix(attributes: Attributes): Filter {
    return new Filter({ suffix: attributes });
  }

  /** All of these match. */
  static all(...filters: readonly Filter[]): Filter {
    return new Filter({ all: filters.map(({ spec }) => spec) });
  }

  /** At least one of these matches. */
  static any(...filters: readonly Filter[]): Filter {
    return new Filter({ any: filters.map(({ spec }) => spec) });
  }

  /** This does not match; an event without the attribute passes. */
  static not(filter: Filter): Filter {
    return new Filter({ not: filter.spec });
  }

  /** A CloudEvents SQL expression is true: `"type LIKE 'order.%' AND EXISTS subject"`. */
  static cesql(expression: string): Filter {
    return new Filter({ cesql: expression });
  }

  /**
   * A CEL expression over the event's JSON data is true: `amount > 100 && customer.country == 'de'`. It is this package's own: upstream
   * Knative does not know it, and synthesis warns of that (`data-filter`).
   */
  static data(expression: string): Filter {
    return new Filter({ data: expression });
  }

  private constructor(readonly spec: SubscriptionsAPIFilter) {}
}

/** A `Filter`, by shape. */
export interface FilterLike {
  readonly spec: SubscriptionsAPIFilter;
}

/** Whether a filter, or one inside of it, looks at the data of events. */
export function looksAtData({ data, all = [], any = [], not }: SubscriptionsAPIFilter): boolean {
  return data !== undefined || [...all, ...any, ...(not ? [not] : [])].some(looksAtData);
}
