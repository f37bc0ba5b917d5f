import { RealClock } from '../../base';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { explain } from '../explain/explain';
import { formatStory, storyJson } from '../explain/format-story';
import { parseQuestion } from '../explain/object-reference';
import type { Io } from '../io';
import { printable } from '../output/printable';
import { styleFor } from '../output/style';
import { openTarget, withTarget } from '../target/target';

/** Tells how an object or a URL is served, why not, and why by so many pods. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const clock = new RealClock();
  const question = parseQuestion(args[0]!);
  const target = openTarget(options, io, clock);
  const namespace = (options['namespace'] as string | undefined) ?? target.namespace;
  const now = clock.now();
  const story = await withTarget(target, () => explain(target.cluster, question, { namespace, local: target.local, now }));
  if (options['json'] === true) io.stdout.write(storyJson(story));
  else {
    const style = styleFor(io, io.stdout);
    io.stdout.write(printable(formatStory(story, style, now, io.stdout.columns ?? 80), style.isColorSupported));
  }
  return exitCodes.ok;
}
