import { cliDocument } from '../../../lib/cli/cli-document';
import { commandTable } from '../../../lib/cli/command-table';

test('the document has every command with its examples, options and choices', () => {
  const text = cliDocument();
  for (const { name, examples, options } of commandTable) {
    const [, section = ''] = text.split(`\n## knc ${name}\n`);
    const [own = ''] = section.split('\n## ');
    for (const { command } of examples) expect(own).toContain(command);
    for (const { flags } of options) expect(own).toContain(`| \`${flags.replace(/\|/g, '\\|')}\` |`);
  }
});

test('a small table makes this page', () => {
  const spec = {
    name: 'greet',
    summary: 'say a | b',
    description: 'Greets.\nTwice.',
    examples: [{ command: 'knc greet me', explains: 'hello' }],
    args: [{ name: 'who', description: 'whom', default: 'you' }],
    options: [{ flags: '-l, --loud', description: 'in capitals' }],
    exitCodes: { 1: 'nobody there' },
  };
  expect(cliDocument([spec]).split('## knc greet')[1]).toMatchInlineSnapshot(`
"

Greets. Twice.

\`\`\`sh
knc greet me  # hello
\`\`\`

Usage: \`knc greet [who] [options]\`

| argument | meaning |
|---|---|
| \`[who]\` | whom (default: you) |

| option | meaning |
|---|---|
| \`-l, --loud\` | in capitals |

| exit code | here |
|---|---|
| 1 | nobody there |
"
`);
});
