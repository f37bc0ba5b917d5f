import { dns1123LabelErrors, labelValueErrors, qualifiedNameErrors } from './names';

/** `NAMESPACE` or `NAMESPACE/LABEL=VALUE`, in its parts: pods of an ingress that stands in front of the platform. */
export function parseOuterIngress(text: string): { readonly namespace: string; readonly label?: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { namespace: text } : { namespace: text.slice(0, slash), label: text.slice(slash + 1) };
}

/** What is wrong with it. */
export function outerIngressErrors(text: unknown): string[] {
  if (typeof text !== 'string') return ['write NAMESPACE or NAMESPACE/LABEL=VALUE'];
  const { namespace, label } = parseOuterIngress(text);
  const errors = dns1123LabelErrors(namespace).map((error) => `not a namespace: ${error}`);
  if (label === undefined) return errors;
  const [key = '', value, ...more] = label.split('=');
  if (!value || more.length > 0) return [...errors, 'not a label: write LABEL=VALUE after the slash'];
  return [...errors, ...[...qualifiedNameErrors(key), ...labelValueErrors(value)].map((error) => `not a label: ${error}`)];
}
