/** How many standard deviations `count` of `n` lies from the mean of a binomial distribution. */
export function deviation(count: number, n: number, probability: number): number {
  return Math.abs(count - n * probability) / Math.sqrt(n * probability * (1 - probability));
}

/**
 * Are groups alike in how often something happens? The chi-square statistic of the groups' counts, as standard deviations of
 * its own (Wilson and Hilferty): beyond 5, the groups differ.
 */
export function heterogeneity(groups: readonly { readonly count: number; readonly n: number }[]): number {
  const n = groups.reduce((sum, group) => sum + group.n, 0);
  const share = groups.reduce((sum, group) => sum + group.count, 0) / n;
  const chi2 = groups.reduce((sum, group) => {
    const expected = group.n * share;
    return sum + (group.count - expected) ** 2 / (expected * (1 - share));
  }, 0);
  const freedom = groups.length - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(chi2 / freedom) - (1 - spread)) / Math.sqrt(spread);
}

/** Does one outcome depend on the one before it? The number of runs (Wald and Wolfowitz), in standard deviations. */
export function runsDeviation(sequence: readonly boolean[]): number {
  const yes = sequence.filter(Boolean).length;
  const no = sequence.length - yes;
  const runs = sequence.filter((value, i) => i === 0 || value !== sequence[i - 1]).length;
  const mean = (2 * yes * no) / (yes + no) + 1;
  const variance = ((mean - 1) * (mean - 2)) / (yes + no - 1);
  return Math.abs(runs - mean) / Math.sqrt(variance);
}
