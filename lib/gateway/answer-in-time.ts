import type { Clock } from '../base';
import { plainText } from './failure';
import type { InnerAnswer } from './inner-hosts';
import type { Inbound, Outbound } from './message';

/** How long a sender may take over a body that is read whole, in milliseconds. */
const LONGEST_BODY_MS = 120_000;

/** Has a part of this process answer, which reads bodies whole: a sender that does not come to an end with its own is turned away. */
export async function answerInTime(answer: InnerAnswer, inbound: Inbound, clock: Clock): Promise<Outbound> {
  const { body, whole } = inbound;
  if (!body || whole) return answer(inbound);
  let late = false;
  const timer = clock.after(LONGEST_BODY_MS, () => {
    late = true;
    body.destroy(new Error('it took too long'));
  });
  body.once('end', () => timer.cancel());
  try {
    const outbound = await answer(inbound);
    return late ? plainText(408, 'the body took too long', ['Connection', 'close']) : outbound;
  } finally {
    timer.cancel();
  }
}
