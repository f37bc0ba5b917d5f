// What a run of a Go test program says, and how that compares with what docs/conformance.md lists.

/** Results by test, of `-test.v` output: `{ status: 'pass' | 'fail' | 'skip', seconds }`. Tests that were cut off have failed. */
export function results(output) {
  const found = new Map();
  for (const [, status, name, seconds] of output.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+) \(([\d.]+)s\)$/gm))
    found.set(name, { status: status.toLowerCase(), seconds: Number(seconds) });
  for (const [, name] of output.matchAll(/^=== RUN\s+(\S+)$/gm))
    if (!found.has(name)) found.set(name, { status: 'fail', seconds: 0 });
  return found;
}

const isParent = (found, name) => [...found.keys()].some((other) => other.startsWith(`${name}/`));

/** How many of those tests that have no tests of their own ended how. */
export function count(found) {
  const total = { pass: 0, fail: 0, skip: 0 };
  for (const [name, { status }] of found) if (!isParent(found, name)) total[status]++;
  return total;
}

/** What is not as listed, in words. `expected`: by test, `{ result, reason }`; a test that is not listed passes. */
export function surprises(found, expected) {
  const lines = [];
  for (const [name, { status }] of [...found].sort()) {
    const listed = expected[name];
    if (status === (listed?.result ?? 'pass')) continue;
    // A test with tests of its own fails with them; if it says something itself, the whole is listed.
    if (
      status === 'fail' &&
      isParent(found, name) &&
      [...found].some(([other, one]) => other.startsWith(`${name}/`) && one.status === 'fail')
    )
      continue;
    lines.push(`${name}: ${status}, and ${listed ? `listed as ${listed.result}` : 'not listed'}`);
  }
  for (const name of Object.keys(expected)) if (!found.has(name)) lines.push(`${name}: listed, and not there`);
  return lines;
}
