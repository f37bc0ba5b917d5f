import { readObject } from './request-body';
import { notAllowed, type ResourceRequest } from './resource-request';
import { answered, type Review } from './reviews';

/** Answers a POST that asks a question. */
export async function answerReview({ exchange, path, parts }: ResourceRequest, review: Review): Promise<void> {
  if (exchange.method !== 'POST' || path.name !== undefined) throw notAllowed();
  const form = exchange.accepts();
  const input = await readObject(exchange, parts.protobuf);
  await exchange.send(
    201,
    answered(review, input, { now: parts.clock.now(), isToken: parts.isToken, tokens: parts.tokens }),
    form,
  );
}
