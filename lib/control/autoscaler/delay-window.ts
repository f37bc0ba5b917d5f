/** Decisions fall into slots of this many seconds: the tick of the autoscaler. */
const SLOT_SECONDS = 2;

/** Decisions that a delayed scale-down still has to respect: falling values at rising slots. */
export type DelayWindow = readonly { readonly slot: number; readonly value: number }[];

/** The window with one more decision; the largest of the last `delay` milliseconds then stands first. */
export function delayed(window: DelayWindow, delay: number, now: number, value: number): DelayWindow {
  const slot = Math.floor(Math.floor(now / 1000) / SLOT_SECONDS);
  const slots = Math.ceil(delay / 1000 / SLOT_SECONDS);
  const larger = window.filter((entry) => entry.value > value && slot - entry.slot < slots);
  // Two decisions in one slot: the larger stands.
  return larger.at(-1)?.slot === slot ? larger : [...larger, { slot, value }];
}
