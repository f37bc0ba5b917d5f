import path from 'node:path';
import { packageFolder } from '../package-folder';
import { printable } from './printable';
import type { Problem, ProblemEntry, ProblemMessage } from './problem';
import type { Style } from './style';

const indent = (text: string, by: number): string => text.replace(/^(?!$)/gm, ' '.repeat(by));

/** Further lines of a message stand under its first one. */
function messageLines({ text, remedy }: ProblemMessage, style: Style): string {
  const [first = '', ...further] = printable(text).split('\n');
  const lines = [first, ...further.map((line) => indent(line, 2))];
  return [...lines, ...(remedy ? [indent(style.cyan(`fix: ${printable(remedy)}`), 2)] : [])].join('\n');
}

/** How to fix the whole, unless everything in it says so for itself. */
function generalRemedy({ remedy, entries }: Problem): string | undefined {
  const messages = entries.flatMap((entry) => entry.messages);
  const allSaid = messages.length > 0 && messages.every((message) => message.remedy);
  return allSaid || messages.some((message) => message.remedy === remedy) ? undefined : remedy;
}

function entryLines(entry: ProblemEntry, style: Style): string {
  const head = entry.where === undefined ? [] : [style.bold(printable(entry.where))];
  const source = entry.source === undefined ? [] : [style.dim(`in ${printable(entry.source)}`)];
  const messages = entry.messages.map((message) => messageLines(message, style));
  const [first = '', ...rest] = [...head, ...source, ...messages];
  return [indent(first, 2), ...rest.map((line) => indent(line, head.length > 0 ? 4 : 2))].join('\n');
}

/** Where errors are explained, from here: in an app's folder the package lies in node_modules. */
function errorsPage(): string {
  const installed = path.relative(process.cwd(), packageFolder());
  return path.join(installed.startsWith('node_modules') ? installed : '', 'docs/errors.md');
}

/**
 * A problem as one readable block: code and what, then for each place where, the messages and how to fix each,
 * then how to fix the whole and where to read more. Ends with a newline.
 */
export function errorBlock(problem: Problem, style: Style): string {
  const head = `${style.red(style.bold(`error ${problem.code}`))} ${printable(problem.title)}`;
  const general = generalRemedy(problem);
  const remedy = general ? [indent(style.cyan(`fix: ${general}`), 2)] : [];
  const stack = problem.stack ? [indent(style.dim(printable(problem.stack)), 2)] : [];
  const link = [indent(style.dim(`see ${errorsPage()}#${problem.code.toLowerCase()}`), 2)];
  return `${[head, ...problem.entries.map((entry) => entryLines(entry, style)), ...stack, ...remedy, ...link].join('\n')}\n`;
}
