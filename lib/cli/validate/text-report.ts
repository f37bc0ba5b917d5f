import { printable } from '../output/printable';
import type { Style } from '../output/style';
import { countLevels, type Finding, type FindingLevel, findingText, idText, type Validation } from './finding';

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const indent = (text: string, by: number): string => text.replace(/^(?!$)/gm, ' '.repeat(by));

function levelText(level: FindingLevel, style: Style): string {
  if (level === 'error') return style.red(style.bold('error'));
  return level === 'warning' ? style.yellow('warning') : style.dim('note');
}

/** Where a finding stands, as editors and terminals make it a link: `app.yaml:12:7`, or the construct. */
export function placeText({ file, position, construct }: Finding): string {
  if (file !== undefined) return position ? `${file}:${position.line}:${position.column}` : file;
  return construct === undefined ? 'app' : `construct ${construct}`;
}

/** The line of the file with what is meant underlined. */
function frame({ file, position }: Finding, texts: Validation['texts'], style: Style): string[] {
  const line = position && texts.get(file ?? '')?.split('\n')[position.line - 1];
  if (!position || !line?.trim()) return [];
  const number = String(position.line);
  const gutter = ' '.repeat(number.length);
  const from = position.column - 1;
  const marks = '^'.repeat(Math.max(1, printable(line.trimEnd().slice(from, from + position.length)).length));
  const under = printable(line.slice(0, from)).replace(/[^\t]/g, ' ');
  return [style.dim(`${number} | `) + printable(line.trimEnd()), `${style.dim(`${gutter} | `)}${under}${style.red(marks)}`];
}

function block(finding: Finding, texts: Validation['texts'], style: Style): string {
  const { code, level, object, remedy } = finding;
  const where = style.bold(printable(placeText(finding)));
  const head = [where, `${levelText(level, style)} ${style.dim(code)}`, object ? printable(idText(object)) : ''];
  const [first = '', ...further] = printable(findingText(finding)).split('\n');
  const lines = [
    first,
    ...further.map((line) => indent(line, 2)),
    ...frame(finding, texts, style),
    ...(remedy ? [style.cyan(`fix: ${printable(remedy)}`)] : []),
  ];
  return `${head.filter(Boolean).join('  ')}\n${indent(lines.join('\n'), 2)}\n`;
}

/** Notes of one kind are one line: a folder may hold hundreds of them. */
function noteLines(notes: readonly Finding[], style: Style): string {
  const byText = new Map<string, Finding[]>();
  for (const note of notes) byText.set(note.message, [...(byText.get(note.message) ?? []), note]);
  const lines = [...byText].map(([message, [first, ...more]]) => {
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    return `${levelText('note', style)} ${printable(message)} ${style.dim(`(${printable(placeText(first!))}${others})`)}\n`;
  });
  return lines.join('');
}

function summary({ findings, objects, sources }: Validation, failed: boolean, style: Style): string {
  const { error, warning } = countLevels(findings);
  const looked = `${plural(objects, 'object')} in ${sources.length === 1 ? printable(sources[0]!) : `${sources.length} files`}`;
  const warnings = warning > 0 ? `, ${plural(warning, 'warning')}` : '';
  if (!failed) return `${style.green('valid')}: ${looked}${warnings}\n`;
  const counts = [error > 0 ? plural(error, 'error') : '', warning > 0 ? plural(warning, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  return `${style.red('invalid')}: ${counts || 'kinds that cannot be checked'}; ${looked}\n`;
}

/** The validation for people: one block for each finding, then one line that sums up. */
export function textReport(validation: Validation, failed: boolean, style: Style): string {
  const { findings, texts } = validation;
  const blocks = findings.filter(({ level }) => level !== 'note').map((finding) => block(finding, texts, style));
  const notes = noteLines(
    findings.filter(({ level }) => level === 'note'),
    style,
  );
  return [...blocks, ...(notes ? [notes] : []), summary(validation, failed, style)].join('\n');
}
