/** Names of the form's fields, in its order; each is the id of its element. */
export const FIELDS = ['type', 'source', 'id', 'subject', 'extensions', 'data', 'contenttype', 'mode'] as const;
export type Field = (typeof FIELDS)[number];

/** What the form says: an event that may not be one yet. */
export type Draft = Readonly<Record<Field, string>>;

const RESERVED = new Set(['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype', 'dataschema', 'data']);

/** What keeps the draft from being an event, by field, in the order of the form. */
export function problemsOf(draft: Draft): ReadonlyMap<Field, string> {
  const problems = new Map<Field, string>();
  for (const name of ['type', 'source', 'id'] as const) {
    if (draft[name].trim() === '') problems.set(name, 'Every event has one: fill this in.');
  }
  const line = linesOf(draft.extensions).find((one) => !/^\s*[a-z0-9]+\s*=/.test(one));
  const reserved = Object.keys(extensionsOf(draft)).find((name) => RESERVED.has(name));
  if (line !== undefined) problems.set('extensions', `“${line.trim()}” is not name=value with a name of a-z and 0-9.`);
  else if (reserved !== undefined) problems.set('extensions', `“${reserved}” is an attribute of every event, not an extension.`);
  const broken = draft.contenttype === 'application/json' && draft.data.trim() !== '' ? jsonProblem(draft.data) : undefined;
  if (broken !== undefined) problems.set('data', `This is not JSON: ${broken}.`);
  return problems;
}

/** The request that has the player send the draft, which must have no problems. */
export function requestOf(draft: Draft): { readonly headers: Record<string, string>; readonly body: string } {
  const { id, type, source, subject } = draft;
  const attributes = { specversion: '1.0', id: id.trim(), type: type.trim(), source: source.trim() };
  const all = { ...attributes, ...(subject.trim() && { subject: subject.trim() }), ...extensionsOf(draft) };
  const hasData = draft.data.trim() !== '';
  if (draft.mode === 'structured') {
    const event = JSON.stringify({ ...all, ...(hasData && { datacontenttype: draft.contenttype }) });
    // JSON goes as it was typed: numbers of any size stay what they are.
    const data = draft.contenttype === 'application/json' ? draft.data.trim() : JSON.stringify(draft.data);
    const body = hasData ? `${event.slice(0, -1)},"data":${data}}` : event;
    return { headers: { 'content-type': 'application/cloudevents+json' }, body };
  }
  const headers: Record<string, string> = hasData ? { 'content-type': draft.contenttype } : {};
  for (const [name, value] of Object.entries(all)) headers[`ce-${name}`] = headerValue(value);
  return { headers, body: hasData ? draft.data : '' };
}

/** As the HTTP binding of CloudEvents has it: percent-encoded where it is not printable ASCII, and so are space, `"` and `%`. */
function headerValue(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^\x21-\x7e]|["%]/gu, encodeURIComponent);
}

function extensionsOf({ extensions }: Draft): Record<string, string> {
  return Object.fromEntries(linesOf(extensions).map((line) => [nameOf(line), line.slice(line.indexOf('=') + 1).trim()]));
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(line.indexOf('='), 0)).trim();
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}
