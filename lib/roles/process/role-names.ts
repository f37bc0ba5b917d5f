/** The parts of the runtime that one process can be: `knc run --role`. */
export const ROLE_NAMES = ['all', 'controller', 'gateway', 'eventing', 'source', 'webhook', 'queue'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/** What a platform serves: `knc run --parts`. Events reach their receivers through the gateway of serving: it is never left out. */
export const PART_NAMES = ['serving', 'eventing'] as const;
export type PartName = (typeof PART_NAMES)[number];
