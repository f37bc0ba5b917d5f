import { printable } from '../output/printable';
import type { Style } from '../output/style';
import { causes, troubleText, type WhyNode } from './why-node';
import { wrap } from './wrap';

/** Links of the chain that say nothing which the next one does not say better. */
const SILENT = new Set(['Configuration', 'Deployment']);

/** Lines of output below a container: the tree must fit on a screen. */
const LOG_LINES = 4;

function label(node: WhyNode): string {
  return node.kind === 'Service' || node.kind === 'Route'
    ? `${node.kind} ${node.namespace}/${node.name}`
    : `${node.kind} ${node.name}`;
}

/** The nodes worth a line: the object asked about, and what lies between it and the cause. */
export function shownCauses(node: WhyNode): WhyNode[] {
  const chain = causes(node);
  return chain.filter((link, i) => i === 0 || i === chain.length - 1 || !SILENT.has(link.kind));
}

/** How many more children of the cause's parent are in the same state. */
function others(node: WhyNode): number {
  const chain = causes(node);
  const [parent, cause] = [chain.at(-2), chain.at(-1)!];
  return parent ? parent.children.filter((child) => child !== cause && child.state === cause.state).length : 0;
}

/**
 * The chain of causes as an indented tree, one line a link; only the deepest one says what is the matter, with the last lines
 * that its container printed. What does not fit beside the object's name stands below it, so that a terminal of `columns`
 * cuts no cause off.
 */
export function whyLines(node: WhyNode, style: Style, columns = 80): string[] {
  const chain = shownCauses(node);
  const more = others(node);
  return chain.flatMap((link, depth) => {
    const margin = '  '.repeat(depth);
    const branch = depth === 0 ? '' : `${style.dim('└')} `;
    if (depth < chain.length - 1) return [`${margin}${branch}${label(link)}`];
    const paint = link.state === 'failed' ? style.red : style.yellow;
    const rest = more > 0 ? style.dim(` (and ${more} more)`) : '';
    const [first = '', ...further] = printable(troubleText(link)).split('\n');
    const gap = `${margin}  `;
    const room = columns - 1 - gap.length - 2;
    const fits = depth * 2 + 2 + label(link).length + 2 + first.length < columns;
    return [
      `${margin}${branch}${label(link)}${fits ? `  ${paint(first)}` : ''}${rest}`,
      ...[...(fits ? [] : wrap(first, room)), ...further].map((line) => `${gap}  ${paint(line)}`),
      ...link.logs.slice(-LOG_LINES).map((line) => `${gap}  ${style.dim(`| ${printable(line)}`)}`),
    ];
  });
}
