/** The parts of the runtime that one process can be: `knc run --role`. */
export const ROLE_NAMES = ['all', 'controller', 'gateway', 'eventing', 'source', 'webhook', 'queue'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];
