import { countLevels, type Finding, findingText, type Validation } from './finding';

/** One finding as programs read it; absent fields are left out. */
export function findingJson(finding: Finding): Record<string, unknown> {
  const { level, code, message, details, remedy, paths, object, construct, file, position } = finding;
  return {
    level,
    code,
    message,
    ...(details ? { details } : {}),
    ...(remedy ? { remedy } : {}),
    fields: paths,
    ...(object ? { object } : {}),
    ...(construct === undefined ? {} : { construct }),
    ...(file === undefined ? {} : { file }),
    ...(position ? { line: position.line, column: position.column } : {}),
  };
}

/** The validation as one JSON document. */
export function jsonReport({ findings, objects, sources }: Validation, failed: boolean): string {
  const { error, warning, note } = countLevels(findings);
  const document = { valid: !failed, objects, sources, errors: error, warnings: warning, notes: note };
  return `${JSON.stringify({ ...document, findings: findings.map(findingJson) }, null, 2)}\n`;
}

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;
const escapeText = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const escapeProperty = (text: string): string => escapeText(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** The findings as workflow commands of GitHub Actions, which shows them beside the lines that they are about. */
export function githubReport({ findings }: Validation): string {
  const lines = findings.map((finding) => {
    const { level, code, remedy, object, construct, file, position } = finding;
    const what = object ? `${object.kind} ${object.name}` : construct;
    const properties = {
      ...(file === undefined || file === 'stdin' ? {} : { file }),
      ...(position ? { line: String(position.line), col: String(position.column) } : {}),
      title: what === undefined ? code : `${code} ${what}`,
    };
    const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
    const where = file === undefined && construct !== undefined ? `construct ${construct}: ` : '';
    const text = `${where}${findingText(finding)}${remedy ? `\nfix: ${remedy}` : ''}`;
    return `::${COMMANDS[level]} ${list.join(',')}::${escapeText(text)}\n`;
  });
  return lines.join('');
}
