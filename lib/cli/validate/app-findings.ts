import type { ErrorCode } from '../../base';
import type { Problem, ProblemMessage } from '../output/problem';
import type { Finding } from './finding';

const FIELD = String.raw`(?:spec|metadata|status)[^\s,:]*`;
/** `spec.a, spec.b: text`: what constructs of this package write before the message. */
const WITH_FIELDS = new RegExp(`^(${FIELD}(?:, ${FIELD})*): (.*)$`, 's');
/** `[app/hello] KNC1101 spec.a: text — remedy (silence: 'rule')`. */
const WARNING = /^\[([^\]]*)\] (?:KNC\d{4} )?(.*?)(?: — (.*?))?(?: \(silence: '([^']*)'\))?$/s;
const CONSTRUCT = 'construct ';

function fieldsOf(text: string): Pick<Finding, 'paths' | 'message'> {
  const [, fields, message] = WITH_FIELDS.exec(text) ?? [];
  return fields === undefined || message === undefined ? { paths: [], message: text } : { paths: fields.split(', '), message };
}

/** What an app or a file could not be read for, message by message. */
export function problemFindings({ code, title, entries, remedy }: Problem, source: string): Finding[] {
  const isConstruct = (where: string | undefined) => where?.startsWith(CONSTRUCT) === true;
  const one = (where: string | undefined, origin: string | undefined, { text, remedy: own }: ProblemMessage): Finding => ({
    level: 'error',
    code,
    ...fieldsOf(text),
    ...((own ?? remedy) ? { remedy: own ?? remedy } : {}),
    ...(isConstruct(where) ? { construct: where!.slice(CONSTRUCT.length) } : placed(origin ?? where ?? source)),
  });
  if (entries.every(({ messages }) => messages.length === 0)) {
    return [one(entries[0]?.where, entries[0]?.source, { text: title })];
  }
  if (code === 'KNC1001')
    return entries.flatMap(({ where, source: origin, messages }) => messages.map((m) => one(where, origin, m)));
  // An error that was thrown, and the app's own frames below it.
  return entries.map(({ where, source: origin, messages: [first, ...frames] }) => ({
    ...one(where, origin ?? frames[0]?.text.replace(/^at /, ''), first ?? { text: title }),
    ...(frames.length > 0 ? { details: frames.map(({ text }) => text).join('\n') } : {}),
  }));
}

/** `main.ts:12:5` as file and position. */
function placed(place: string): Pick<Finding, 'file' | 'position'> {
  const [, file, line, column] = /^(.*?):(\d+)(?::(\d+))?$/.exec(place) ?? [];
  if (file === undefined) return { file: place };
  return { file, position: { line: Number(line), column: Number(column ?? 1), length: 1 } };
}

/** A warning of a construct, as it prints it. */
export function warningFinding(line: string): Finding {
  const [, construct, text = line, remedy, rule] = WARNING.exec(line) ?? [];
  const silence = rule === undefined ? undefined : `Name '${rule}' in \`silence\` of the construct if it is meant so.`;
  const how = [remedy, silence].filter(Boolean).join(' ');
  const code: ErrorCode = 'KNC1101';
  return { level: 'warning', code, ...fieldsOf(text), ...(how ? { remedy: how } : {}), ...(construct ? { construct } : {}) };
}
