import type { TokenIssuer } from '../tokens';
import type { Accepted } from './accept';
import type { OpenApi } from './codecs';
import type { Discovery } from './discovery';
import type { Exchange } from './exchange';
import type { ExtraPaths } from './extra-paths';
import { answerExtra } from './extra-request';
import type { ParsedPath } from './request-path';
import { noResource, notAllowed } from './resource-request';

const DISCOVERY: ReadonlySet<Accepted['as']> = new Set(['object', 'discovery']);

/** The Kubernetes release that this server's API is like. */
const VERSION = { major: '1', minor: '32', gitVersion: 'v1.32.4+knc' };

/** What such answers are made of. */
export interface MetaParts {
  readonly discovery: Discovery;
  readonly openApi: OpenApi | undefined;
  readonly tokens: TokenIssuer | undefined;
  readonly extra: ExtraPaths | undefined;
  readonly stopping: AbortSignal;
}

/** Answers what is not about resources: discovery, the version, health, OpenAPI and OpenID. */
export async function answerMeta(
  exchange: Exchange,
  parsed: Exclude<ParsedPath, { kind: 'resource' }>,
  { discovery, openApi, tokens, extra, stopping }: MetaParts,
): Promise<void> {
  if (parsed.kind !== 'group' && parsed.segments[0] === 'knc' && extra) {
    return answerExtra(exchange, parsed.segments, extra, stopping);
  }
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw notAllowed();
  if (parsed.kind === 'group') return answerGroup(exchange, parsed, discovery);
  const [first, ...rest] = parsed.segments;
  if (first === 'healthz' || first === 'livez' || first === 'readyz') return exchange.sendText(200, 'ok');
  if (first === 'version' && rest.length === 0) return exchange.send(200, versionInfo());
  if (first === 'openapi' && rest[0] === 'v3') {
    const document = rest.length === 1 ? openApi?.index() : openApi?.document(rest.slice(1).join('/'));
    if (document !== undefined) return exchange.send(200, document);
  }
  const openId = tokens && openIdDocument(parsed.segments, exchange, tokens);
  if (openId !== undefined) return exchange.send(200, openId);
  if (first === undefined)
    return exchange.send(200, { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] });
  throw noResource();
}

/** Who issues the tokens of service accounts, and by which keys those are recognised. */
function openIdDocument(segments: readonly string[], { request }: Exchange, tokens: TokenIssuer): unknown {
  const path = segments.join('/');
  if (path === '.well-known/openid-configuration') return tokens.discovery(`https://${request.headers.host ?? ''}`);
  return path === 'openid/v1/jwks' ? tokens.keys : undefined;
}

async function answerGroup(
  exchange: Exchange,
  { legacy, path }: Extract<ParsedPath, { kind: 'group' }>,
  discovery: Discovery,
): Promise<void> {
  const { group, version } = path;
  if (group === undefined && version === undefined) {
    const form = exchange.accepts(DISCOVERY);
    if (form.as === 'discovery') return exchange.send(200, discovery.aggregated(legacy), form);
    const address = exchange.request.headers.host ?? '';
    return exchange.send(200, legacy ? discovery.legacyVersions(address) : discovery.groupList(), form);
  }
  const answer = version === undefined ? discovery.group(group ?? '') : discovery.resourceList(group ?? '', version);
  if (answer === undefined) throw noResource();
  return exchange.send(200, answer, exchange.accepts());
}

function versionInfo(): unknown {
  return {
    ...VERSION,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: process.version,
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
