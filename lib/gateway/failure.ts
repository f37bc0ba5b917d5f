import type { Outbound } from './message';

/** An answer that the gateway itself gives: one line of plain text. */
export function plainText(status: number, text: string, headers: readonly string[] = []): Outbound {
  const body = Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
  return {
    status,
    headers: [
      'Content-Type',
      'text/plain; charset=utf-8',
      'X-Content-Type-Options',
      'nosniff',
      'Content-Length',
      `${body.length}`,
      ...headers,
    ],
    body,
  };
}

/** The answer to a client that is no longer there (nginx's number for it); only logs and metrics see it. */
export const clientGone: Outbound = { status: 499, headers: [], body: null };

const MAX_HOSTS_SHOWN = 50;

/** How failures are told: in upstream's words alone, or with whom they concern and why. */
export class Failures {
  /** @param explain say more than upstream: for a developer's own machine, not for the public. */
  constructor(private readonly explain: boolean) {}

  /** @param why follows the message on the same line, where failures are explained. */
  answer(status: number, message: string, why: () => string, headers: readonly string[] = []): Outbound {
    return plainText(status, this.explain ? `${message}: ${why()}` : message, headers);
  }

  /** No route for this host and path. */
  notFound(host: string, path: string, hosts: () => readonly string[]): Outbound {
    if (!this.explain) return plainText(404, 'not found');
    const known = hosts();
    if (known.includes(host)) return plainText(404, `not found: ${host} has no route for path ${path}`);
    const shown = known.slice(0, MAX_HOSTS_SHOWN).map((name) => `  ${name}\n`);
    if (known.length > shown.length) shown.push(`  and ${known.length - shown.length} more\n`);
    const list = shown.length > 0 ? `Known hosts:\n${shown.join('')}` : 'No host is known yet.';
    return plainText(404, `not found: nothing is served as ${host}.\n${list}`);
  }
}
