import type { Style } from '../output/style';
import { whyLines } from '../why/format-why';
import { causes, type WhyNode } from '../why/why-node';
import { wrap } from '../why/wrap';
import type { RevisionStory, RouteStory, Story } from './story';

const STATES: Readonly<Record<WhyNode['state'], string>> = { ready: 'ready', waiting: 'not ready yet', failed: 'failed' };

function stateText(state: WhyNode['state'], style: Style): string {
  const paint = { ready: style.green, waiting: style.yellow, failed: style.red }[state];
  return paint(STATES[state]);
}

/** `13:50:11Z`; the date only if it was another day. */
function timeText(at: string, now: number): string {
  const today = new Date(now).toISOString().slice(0, 10);
  return at.startsWith(today) ? `${at.slice(11, 19)}Z` : `${at.slice(0, 19).replace('T', ' ')}Z`;
}

function routeLines({ name, url, traffic }: RouteStory, style: Style): string[] {
  const shares = traffic.map(({ revision, percent, tag, url: tagged }, i) => {
    const branch = i === traffic.length - 1 ? '└' : '├';
    const label = tag ? `  tag ${tag}${tagged ? style.dim(`  ${tagged}`) : ''}` : '';
    return `  ${style.dim(branch)} ${`${percent}%`.padStart(4)} ${revision || '(no revision yet)'}${label}`;
  });
  return [
    `${style.bold(`Route ${name}`)}${url ? style.dim(`  ${url}`) : ''}`,
    ...(shares.length > 0 ? shares : ['  leads nowhere yet']),
  ];
}

function revisionLines({ name, state, pods, replicas }: RevisionStory, style: Style, now: number): string[] {
  const count = replicas ? `, ${replicas.wanted} ${replicas.wanted === 1 ? 'pod' : 'pods'} wanted, ${replicas.ready} ready` : '';
  const facts = [...(replicas?.facts ?? []), ...(replicas?.explanation ?? [])];
  return [
    `${style.bold(`Revision ${name}`)}  ${stateText(state, style)}${count}`,
    ...pods.map((pod) => `  Pod ${pod.name}  ${pod.ready ? style.green(pod.state) : style.yellow(pod.state)}`),
    ...(facts.length > 0 ? ['  why so many pods', ...facts.map((fact) => `    ${fact}`)] : []),
    ...(replicas && replicas.decisions.length > 0
      ? [
          '  last decisions',
          ...replicas.decisions.map(
            ({ at, from, to, reason }) => `    ${timeText(at, now)}  ${from ?? 'first'} → ${to}  ${style.dim(reason)}`,
          ),
        ]
      : []),
  ];
}

/** The chain of causes below the object, which has been named already. */
function chainLines(why: WhyNode, style: Style, columns: number): string[] {
  const lines = whyLines(why, style, columns);
  return causes(why).length > 1 ? lines.slice(1) : lines;
}

function flowLines(flow: Story['flow'], style: Style): string[] {
  const width = Math.max(...flow.map(({ label }) => label.length));
  return flow.map(({ label, text }, i) => {
    const shown = flow[i - 1]?.label === label ? '' : label;
    return `${style.dim(shown.padEnd(width))}  ${text}`;
  });
}

function unmetLines(unmet: Story['unmet'], style: Style, columns: number): string[] {
  const width = Math.max(...unmet.map(({ type }) => type.length));
  const margin = width + 4;
  return [
    style.bold('Conditions that are not met'),
    ...unmet.flatMap(({ type, status, reason, message }) => {
      const [first = '', ...rest] = wrap([reason, message].filter(Boolean).join(': ') || 'not known yet', columns - 1 - margin);
      const paint = status === 'False' ? style.red : style.yellow;
      return [`  ${type.padEnd(width)}  ${paint(first)}`, ...rest.map((line) => `${' '.repeat(margin)}${paint(line)}`)];
    }),
  ];
}

/** A story for people. @param now in milliseconds since the epoch */
export function formatStory(story: Story, style: Style, now: number, columns = 80): string {
  const { kind, namespace, name } = story.object;
  const blocks: string[][] = [
    [`${style.bold(`${kind} ${namespace ? `${namespace}/` : ''}${name}`)}  ${stateText(story.state, style)}`],
    ...(story.why
      ? [[...chainLines(story.why, style, columns), ...(story.remedy ? [style.cyan(`fix: ${story.remedy}`)] : [])]]
      : []),
    ...(story.flow.length > 0 ? [flowLines(story.flow, style)] : []),
    ...(story.unmet.length > 0 ? [unmetLines(story.unmet, style, columns)] : []),
    ...story.routes.map((route) => routeLines(route, style)),
    ...story.revisions.map((revision) => revisionLines(revision, style, now)),
  ];
  if (story.events.length > 0) {
    const lines = story.events.map(({ at, type, object, reason, message, count }) => {
      const text = `${reason}: ${message.split('\n')[0]}${count > 1 ? ` (${count} times)` : ''}`;
      return `  ${timeText(at, now)}  ${style.dim(object)}  ${type === 'Warning' ? style.yellow(text) : text}`;
    });
    blocks.push([style.bold('Events'), ...lines]);
  }
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A story for programs. */
export function storyJson({ why, ...story }: Story): string {
  const chain = why
    ? causes(why).map(({ kind, namespace, name, state, reason, message, code, logs }) => ({
        ...{ kind, namespace, name, state },
        ...(reason ? { reason } : {}),
        ...(message ? { message } : {}),
        ...(code ? { code } : {}),
        ...(logs.length > 0 ? { logs } : {}),
      }))
    : undefined;
  return `${JSON.stringify({ ...story, ...(chain ? { why: chain } : {}) }, null, 2)}\n`;
}
