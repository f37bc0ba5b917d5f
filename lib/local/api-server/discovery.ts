import type { Catalog, ServedGroup } from './catalog';
import type { ServedResource } from './served-resource';

/** Answers what groups, versions and resources a server has (the discovery API), in both of its forms. */
export class Discovery {
  constructor(private readonly catalog: Catalog) {}

  /** `/api`. @param address what clients reach the server by */
  legacyVersions(address: string): unknown {
    const core = this.catalog.groups.find(({ group }) => group === '');
    return {
      kind: 'APIVersions',
      versions: core?.versions.map(({ version }) => version) ?? [],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    };
  }

  /** `/apis`. */
  groupList(): unknown {
    const groups = this.catalog.groups.filter(({ group }) => group !== '').map(groupOf);
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }

  /** `/apis/GROUP`, or undefined if there is no such group. */
  group(name: string): unknown {
    const found = this.catalog.groups.find(({ group }) => group === name && group !== '');
    return found ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found) } : undefined;
  }

  /** `/api/VERSION` or `/apis/GROUP/VERSION`, or undefined if there is no such version. */
  resourceList(group: string, version: string): unknown {
    const served = this.catalog.groups.find((one) => one.group === group)?.versions.find((one) => one.version === version);
    if (!served) return undefined;
    const groupVersion = group ? `${group}/${version}` : version;
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: served.resources.flatMap(resourcesOf) };
  }

  /** Everything below `/api` or `/apis` in one answer (apidiscovery.k8s.io/v2). */
  aggregated(legacy: boolean): unknown {
    const groups = this.catalog.groups.filter(({ group }) => (group === '') === legacy);
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.map(aggregatedGroup),
    };
  }
}

function groupOf({ group, versions }: ServedGroup) {
  const all = versions.map(({ version }) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: all, preferredVersion: all[0] };
}

function resourcesOf({ type, verbs, subresources }: ServedResource): readonly unknown[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = type;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
    },
    ...subresources.map((part) => ({
      name: `${plural}/${part.name}`,
      singularName: '',
      namespaced,
      ...(part.kind?.group ? { group: part.kind.group, version: part.kind.version } : {}),
      kind: part.kind?.kind ?? kind,
      verbs: part.verbs,
    })),
  ];
}

function aggregatedGroup({ group, versions }: ServedGroup): unknown {
  return {
    metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
    versions: versions.map(({ version, resources }) => ({
      version,
      freshness: 'Current',
      resources: resources.map(aggregatedResource),
    })),
  };
}

function aggregatedResource({ type, verbs, subresources }: ServedResource): unknown {
  const { group, version, kind, plural, singular, namespaced, shortNames, categories } = type;
  const own = { group, version, kind };
  return {
    resource: plural,
    responseKind: own,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0
      ? {
          subresources: subresources.map(({ name, kind: other, verbs }) => ({
            subresource: name,
            responseKind: other ?? own,
            verbs,
          })),
        }
      : {}),
  };
}
