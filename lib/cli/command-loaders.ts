import type { CommandModule } from './command-spec';

/** Where each command of the table is implemented; loaded when it runs. */
export const commandLoaders: Readonly<Record<string, () => Promise<CommandModule>>> = {
  dev: () => import('./commands/dev'),
  validate: () => import('./commands/validate'),
  synth: () => import('./commands/synth'),
  crds: () => import('./commands/crds'),
  schemas: () => import('./commands/schemas'),
  completion: () => import('./commands/completion'),
};
