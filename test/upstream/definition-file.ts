import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ResourceType } from '../../lib/api';
import type { UpstreamFolders } from './go-module';

/** Where upstream's file is not called as its kind. */
const NAMES: Readonly<Record<string, string>> = {
  DomainMapping: 'domain-mapping',
  ClusterDomainClaim: 'domain-claim',
  InMemoryChannel: 'in-memory-channel',
  SinkBinding: 'sinkbindings',
};

/** Upstream's definition of a kind. */
export function definitionFile({ group, kind }: ResourceType, { serving, networking, eventing }: UpstreamFolders): string {
  const name = `${NAMES[kind] ?? kind.toLowerCase()}.yaml`;
  const folders = [
    path.join(eventing, 'config/core/resources'),
    path.join(eventing, 'config/channels/in-memory-channel/resources'),
  ];
  if (group.startsWith('networking.')) return path.join(networking, 'config', name);
  if (/^(serving|autoscaling)\./.test(group)) return path.join(serving, 'config/core/300-resources', name);
  const found = folders.map((folder) => path.join(folder, name)).find(existsSync);
  if (!found) throw new Error(`upstream has no definition of ${kind}`);
  return found;
}
