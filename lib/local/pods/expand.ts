/**
 * Replaces `$(NAME)` by the variable's value, as Kubernetes does in env values, command and args: `$$` stands for `$`, and
 * a name that is not known stays as it is.
 */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    return name !== undefined && Object.hasOwn(env, name) ? env[name]! : whole;
  });
}
