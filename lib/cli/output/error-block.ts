import type { Problem, ProblemEntry, ProblemMessage } from './problem';
import type { Style } from './style';

const indent = (text: string, by: number): string => text.replace(/^(?!$)/gm, ' '.repeat(by));

function messageLines({ text, remedy }: ProblemMessage, style: Style): string {
  return remedy ? `${text}\n${indent(style.cyan(`fix: ${remedy}`), 2)}` : text;
}

function entryLines(entry: ProblemEntry, style: Style): string {
  const head = entry.where === undefined ? [] : [style.bold(entry.where)];
  const source = entry.source === undefined ? [] : [style.dim(`in ${entry.source}`)];
  const messages = entry.messages.map((message) => messageLines(message, style));
  const [first = '', ...rest] = [...head, ...source, ...messages];
  return [indent(first, 2), ...rest.map((line) => indent(line, head.length > 0 ? 4 : 2))].join('\n');
}

/**
 * A problem as one readable block: code and what, then for each place where, the messages and how to fix each,
 * then how to fix the whole and where to read more. Ends with a newline.
 */
export function errorBlock(problem: Problem, style: Style): string {
  const head = `${style.red(style.bold(`error ${problem.code}`))} ${problem.title}`;
  const seen = new Set(problem.entries.flatMap((entry) => entry.messages.map((message) => message.remedy)));
  const remedy = problem.remedy && !seen.has(problem.remedy) ? [indent(style.cyan(`fix: ${problem.remedy}`), 2)] : [];
  const stack = problem.stack ? [indent(style.dim(problem.stack), 2)] : [];
  const link = [indent(style.dim(`see docs/errors.md#${problem.code.toLowerCase()}`), 2)];
  return `${[head, ...problem.entries.map((entry) => entryLines(entry, style)), ...stack, ...remedy, ...link].join('\n')}\n`;
}
