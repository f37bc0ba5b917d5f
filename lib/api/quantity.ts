const SUFFIXES: Readonly<Record<string, readonly [number, number]>> = {
  n: [10, -9],
  u: [10, -6],
  m: [10, -3],
  '': [10, 0],
  k: [10, 3],
  M: [10, 6],
  G: [10, 9],
  T: [10, 12],
  P: [10, 15],
  E: [10, 18],
  Ki: [2, 10],
  Mi: [2, 20],
  Gi: [2, 30],
  Ti: [2, 40],
  Pi: [2, 50],
  Ei: [2, 60],
};

/**
 * A Kubernetes quantity (`500m`, `1Gi`, `2e3`, `1.5`, 2) as a number in its base unit (cores, bytes), or undefined if it is none.
 * Exact as far as a double goes.
 */
export function parseQuantity(quantity: string | number): number | undefined {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(String(quantity));
  if (!match) return undefined;
  const [, sign, digits, suffix = '', exponent] = match;
  const [base, power] = exponent === undefined ? SUFFIXES[suffix]! : ([10, Number(exponent)] as const);
  // Decimal scaling through the number's own text keeps 100m at exactly 0.1.
  const size = base === 10 ? Number(`${Number(digits)}e${power}`) : Number(digits) * 2 ** power;
  const value = Number.isNaN(size) ? Number(digits) * 10 ** power : size;
  return sign === '-' ? -value : value;
}

/** Negative if `a` is less than `b`, positive if it is more, 0 if both are the same amount; NaN if either is no quantity. */
export function compareQuantities(a: string | number, b: string | number): number {
  return (parseQuantity(a) ?? Number.NaN) - (parseQuantity(b) ?? Number.NaN);
}
