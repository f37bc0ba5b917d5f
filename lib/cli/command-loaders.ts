import type { CommandModule } from './command-spec';

/** Where each command of the table is implemented; loaded when it runs. */
export const commandLoaders: Readonly<Record<string, () => Promise<CommandModule>>> = {
  dev: () => import('./commands/dev'),
  validate: () => import('./commands/validate'),
  graph: () => import('./commands/graph'),
  images: () => import('./commands/images'),
  synth: () => import('./commands/synth'),
  crds: () => import('./commands/crds'),
  doctor: () => import('./commands/doctor'),
  schemas: () => import('./commands/schemas'),
  filter: () => import('./commands/filter'),
  plan: () => import('./commands/plan'),
  explain: () => import('./commands/explain'),
  events: () => import('./commands/events'),
  platform: () => import('./commands/platform'),
  run: () => import('./commands/run'),
  completion: () => import('./commands/completion'),
};
