import type { CommandModule } from '../command-spec';
export const run: CommandModule['run'] = async () => 0;
