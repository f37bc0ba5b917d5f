import pc from 'picocolors';
import type { Io, Output } from '../io';

export type Style = ReturnType<typeof pc.createColors>;

/** True if this output may carry colours: NO_COLOR forbids, FORCE_COLOR demands, else a terminal decides. */
export function wantsColor(env: Io['env'], output: Output): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '') return env['FORCE_COLOR'] !== '0';
  return output.isTTY && env['TERM'] !== 'dumb';
}

/** True if lines may be redrawn in place: a terminal, and not a CI job that only looks like one. */
export function wantsRedraw(env: Io['env'], output: Output): boolean {
  return output.isTTY && env['TERM'] !== 'dumb' && (!env['CI'] || env['CI'] === 'false' || env['CI'] === '0');
}

/** Colour functions for one output; identity functions where it wants none. */
export function styleFor(io: Pick<Io, 'env'>, output: Output): Style {
  return pc.createColors(wantsColor(io.env, output));
}
