import path from 'node:path';
import { type ErrorCode, errorTable, type KncError } from '../../base';
import { type ProblemEntry, ProblemError, type ProblemMessage } from '../output/problem';
import type { SynthFailure } from '../synth/protocol';

const VALIDATION = 'Validation failed with the following errors:';
/** Syntax that Node or the loader refuses and that a full compiler would have handled. */
const NEEDS_COMPILER =
  /import\.meta|await is only valid|Cannot use import statement|Unexpected token|Invalid or unexpected token/;

const isCode = (code: string | undefined): code is ErrorCode => code !== undefined && code in errorTable;

/** Stack frames inside the app, as `main.ts:12:5`, innermost first. */
function ownFrames(stack: string, folder: string, cwd: string): string[] {
  return stack
    .split('\n')
    .map((line) => /(?:\(|at |file:\/\/|^)(\/?[^\s()]+?:\d+(?::\d+)?)\)?$/.exec(line.trim())?.[1])
    .filter((frame) => frame !== undefined)
    .filter((frame) => frame.startsWith(folder + path.sep) && !frame.includes(`${path.sep}node_modules${path.sep}`))
    .map((frame) => path.relative(cwd, frame));
}

/** `KNC1001 field: text — remedy`, as constructs of this package write it on one line, in its parts. */
function messageOf(line: string): ProblemMessage {
  const [, text = line, remedy] = /^(?:KNC\d{4} )?(.*?)(?: — (.*))?$/.exec(line) ?? [];
  return { text, ...(remedy ? { remedy } : {}) };
}

/** cdk8s reports all constructs in one message: `  [app/hello] text`, one line each. */
function validationEntries(message: string): ProblemEntry[] {
  const entries = new Map<string, ProblemMessage[]>();
  let last: ProblemMessage[] | undefined;
  for (const line of message.split('\n').slice(1)) {
    const match = /^ {2}\[([^\]]*)\] (.*)$/.exec(line);
    if (match) {
      const where = match[1] || 'App';
      last = entries.get(where) ?? [];
      entries.set(where, last);
      last.push(messageOf(match[2]!));
    } else if (last && line.trim() !== '') {
      last.push({ text: line.trim() });
    }
  }
  return [...entries].map(([where, messages]) => ({ where: `construct ${where}`, messages }));
}

/** What an app threw, as one readable error: no frames but the app's own. */
export function synthError(failure: SynthFailure, folder: string, cwd: string): KncError {
  const { message, name, stack, code, where, remedy } = failure;
  const frames = ownFrames(stack, folder, cwd);
  if (message.startsWith(VALIDATION)) {
    return new ProblemError('KNC1001', 'The app declares invalid objects', validationEntries(message));
  }
  if (isCode(code)) {
    const entry = { ...(where ? { where } : {}), ...(frames[0] ? { source: frames[0] } : {}), messages: [] };
    return new ProblemError(code, message, where || frames[0] ? [entry] : [], remedy ? { remedy } : {});
  }
  const text = name === 'Error' ? message : `${name}: ${message}`;
  const at = frames.slice(0, 5).map((frame) => ({ text: `at ${frame}` }));
  const compiler = name === 'SyntaxError' && NEEDS_COMPILER.test(message);
  return new ProblemError('KNC1002', 'The app failed while it was synthesized', [{ messages: [{ text }, ...at] }], {
    ...(compiler ? { remedy: 'If the syntax is right, run the app by its own command: --use-app-command.' } : {}),
  });
}
