import { commandLoaders } from '../../../lib/cli/command-loaders';
import { longFlag } from '../../../lib/cli/command-spec';
import { commandTable } from '../../../lib/cli/command-table';

test('every command of the table has an implementation, and the other way round', () => {
  expect(Object.keys(commandLoaders).sort()).toEqual(commandTable.map(({ name }) => name).sort());
});

test.each(commandTable)('the examples of $name use options that it has', ({ name, examples, options }) => {
  const known = options.map(longFlag);
  expect(examples.length).toBeGreaterThan(0);
  for (const { command } of examples) {
    const own = command.split('|').find((part) => part.includes(`knc ${name}`))!;
    expect(own).toBeDefined();
    for (const flag of own.match(/--[a-z-]+/g) ?? []) expect(known).toContain(flag);
  }
});

test.each(commandTable)('$name explains every option on one line', ({ options }) => {
  for (const { description } of options) expect(description).toMatch(/^[^\n]{10,110}$/);
});
