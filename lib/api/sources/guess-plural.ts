/**
 * The name by which an API server has objects of a kind, guessed as Kubernetes' own tools do (meta.UnsafeGuessKindToResource): wrong
 * for a kind with an irregular plural.
 */
export function guessPlural(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('endpoints')) return name;
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}
