/** The largest prime below `max`, or undefined if there is none. A sieve: the work grows with `max`. */
export function largestPrimeBelow(max: number): number | undefined {
  const composite = new Uint8Array(Math.max(0, max));
  let largest: number | undefined;
  for (let n = 2; n < max; n++) {
    if (composite[n]) continue;
    largest = n;
    for (let multiple = n * n; multiple < max; multiple += n) composite[multiple] = 1;
  }
  return largest;
}
