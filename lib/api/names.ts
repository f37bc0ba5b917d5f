const DNS_1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const DNS_1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_1123_SUBDOMAIN = `${DNS_1123_LABEL}(\\.${DNS_1123_LABEL})*`;
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';

const expressions = new Map<string, RegExp>();

/** The expression for a whole text; compiled once. */
function whole(expression: string): RegExp {
  const known = expressions.get(expression) ?? new RegExp(`^(?:${expression})$`);
  expressions.set(expression, known);
  return known;
}

const bytes = (text: string): number => Buffer.byteLength(text);
const tooLong = (limit: number): string => `must be no more than ${limit} characters`;

function mismatch(what: string, expression: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${what} (e.g. ${shown}regex used for validation is '${expression}')`;
}

function check(value: string, limit: number, expression: string, message: string): string[] {
  return [...(bytes(value) > limit ? [tooLong(limit)] : []), ...(whole(expression).test(value) ? [] : [message])];
}

/** What is wrong with a DNS-1035 label (lower case, begins with a letter, at most 63 characters), in Kubernetes' words. */
export const dns1035LabelErrors = (value: string): string[] =>
  check(
    value,
    63,
    DNS_1035_LABEL,
    mismatch(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      DNS_1035_LABEL,
      'my-name',
      'abc-123',
    ),
  );

/** As above for a prefix from which names are generated: it may end with a dash. */
export const dns1035PrefixErrors = (value: string): string[] =>
  dns1035LabelErrors(value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

/** What is wrong with a DNS-1123 label (lower case, at most 63 characters), in Kubernetes' words. */
export function dns1123LabelErrors(value: string): string[] {
  const long = bytes(value) > 63 ? [tooLong(63)] : [];
  if (whole(DNS_1123_LABEL).test(value)) return long;
  if (whole(DNS_1123_SUBDOMAIN).test(value)) return [...long, 'must not contain dots'];
  const message =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...long, mismatch(message, DNS_1123_LABEL, 'my-name', '123-abc')];
}

/** What is wrong with a DNS-1123 subdomain (labels and dots, at most 253 characters), in Kubernetes' words. */
export const dns1123SubdomainErrors = (value: string): string[] =>
  check(
    value,
    253,
    DNS_1123_SUBDOMAIN,
    mismatch(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      DNS_1123_SUBDOMAIN,
      'example.com',
    ),
  );

/** What is wrong with a label key, `[prefix/]name`, in Kubernetes' words. */
export function qualifiedNameErrors(value: string): string[] {
  const message =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const description = mismatch(message, LABEL_KEY, 'MyName', 'my.name', '123-abc');
  const parts = value.split('/');
  if (parts.length > 2) {
    return [`a valid label key ${description} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const errors: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dns1123SubdomainErrors(prefix).map((error) => `prefix part ${error}`));
  }
  const name = parts.at(-1)!;
  if (name === '') errors.push('name part must be non-empty');
  else if (bytes(name) > 63) errors.push(`name part ${tooLong(63)}`);
  if (!whole(LABEL_KEY).test(name)) errors.push(`name part ${description}`);
  return errors;
}

/** What is wrong with a label value, in Kubernetes' words. */
export const labelValueErrors = (value: string): string[] =>
  check(
    value,
    63,
    `(${LABEL_KEY})?`,
    mismatch(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      `(${LABEL_KEY})?`,
      'MyValue',
      'my_value',
      '12345',
    ),
  );

/** What is wrong with a C identifier, in Kubernetes' words. */
export const cIdentifierErrors = (value: string): string[] =>
  whole(C_IDENTIFIER).test(value)
    ? []
    : [
        mismatch(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          C_IDENTIFIER,
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ];

/** A list as Go prints it: `[a b]`. */
export const goList = (items: readonly string[]): string => `[${items.join(' ')}]`;

/** The name in lower case with everything that a DNS-1035 label cannot hold taken out: a name to suggest. */
export function suggestedName(value: string): string | undefined {
  const name = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return name === '' || name === value ? undefined : name;
}
