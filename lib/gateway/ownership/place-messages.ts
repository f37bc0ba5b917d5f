/** What gateways say to each other about places in pods. */
export type PlaceMessage =
  /** To the owner of pods: so many requests of a revision wait for a place in them. Replaces what was said before. */
  | { readonly type: 'want'; readonly namespace: string; readonly revision: string; readonly count: number }
  /** To who wanted it: a place is kept for a request that brings this ticket. One less is wanted. */
  | { readonly type: 'place'; readonly namespace: string; readonly revision: string; readonly ticket: string }
  /** To who wanted them: there will be no places. None is wanted any more. */
  | { readonly type: 'none'; readonly namespace: string; readonly revision: string }
  /** To the owner: the place is not needed any more. */
  | { readonly type: 'return'; readonly ticket: string };

/** The field by which a request brings its ticket. It is no field of strangers: all that begin with `K-` are taken off their requests. */
export const TICKET_HEADER = 'K-Gateway-Place';
