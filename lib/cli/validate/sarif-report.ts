import { errorTable } from '../../base';
import { packageVersion } from '../package-folder';
import { type Finding, findingText, type Validation } from './finding';

function location({ file, position, construct, object }: Finding): Record<string, unknown> {
  const name = construct ?? (object ? `${object.kind} ${object.name}` : undefined);
  const region = position ? { startLine: position.line, startColumn: position.column } : undefined;
  return {
    ...(file === undefined || file === 'stdin'
      ? {}
      : { physicalLocation: { artifactLocation: { uri: file.replaceAll('\\', '/') }, ...(region ? { region } : {}) } }),
    ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
  };
}

/** The findings as SARIF 2.1.0, which code scanners and editors read. */
export function sarifReport({ findings }: Validation): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const rules = codes.map((code) => ({
    id: code,
    shortDescription: { text: errorTable[code].title },
    help: { text: errorTable[code].remedy },
  }));
  const results = findings.map((finding) => ({
    ruleId: finding.code,
    level: finding.level,
    message: { text: `${findingText(finding)}${finding.remedy ? `\nfix: ${finding.remedy}` : ''}` },
    locations: [location(finding)],
  }));
  const driver = { name: 'knc', version: packageVersion(), rules };
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
