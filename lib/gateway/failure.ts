import { type ErrorCode, errorTable } from '../base';
import { headerValue } from './headers';
import type { Outbound, RawHeaders } from './message';
import type { CannotStartError, Obstacle } from './obstacle';

/** An answer that the gateway itself gives: one line of plain text. */
export function plainText(status: number, text: string, headers: readonly string[] = []): Outbound {
  return answer(status, 'text/plain; charset=utf-8', text, headers);
}

function answer(status: number, type: string, text: string, headers: readonly string[] = []): Outbound {
  const body = Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
  return {
    status,
    headers: ['Content-Type', type, 'X-Content-Type-Options', 'nosniff', 'Content-Length', `${body.length}`, ...headers],
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

  /** No pod of a revision can start: why and what to do about it, as a block of text or, if that is what is accepted, as JSON. */
  cannotStart(title: string, { message, obstacle }: CannotStartError, headers: RawHeaders): Outbound {
    if (!this.explain) return plainText(503, message);
    const code = IMAGE_REASONS.has(obstacle.reason) ? 'KNC3101' : 'KNC3105';
    if (wantsJson(headers)) {
      const told = { error: `${message}: ${title} cannot start`, code, ...obstacle, remedy: errorTable[code].remedy };
      return answer(503, 'application/json', JSON.stringify(told));
    }
    return plainText(503, `${message}: ${title} cannot start\n${block(obstacle, code)}`);
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

/** Reasons that are about the image, as opposed to the container's own fields. */
const IMAGE_REASONS = new Set(['ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName']);

/** Whether a client accepts JSON and is no browser. */
function wantsJson(headers: RawHeaders): boolean {
  const accept = headerValue(headers, 'accept') ?? '';
  return /\bapplication\/json\b/i.test(accept) && !/\btext\//i.test(accept);
}

function block({ reason, message }: Obstacle, code: ErrorCode): string {
  const [first, ...further] = `${reason}: ${message}`.split('\n');
  const cause = [`  ${first}`, ...further.map((line) => `    ${line}`)];
  return [...cause, `  fix: ${errorTable[code].remedy}`, `  see docs/errors.md#${code.toLowerCase()}`].join('\n');
}
