import { type ResourceType, resourceType } from '../../api';

/** What an API server tells of a version of a group (meta/v1 APIResourceList); the fields that are read here. */
export interface ApiResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

/** `v1`, or a DNS name and a version: what may stand in a path of an API server. */
export const API_VERSION = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?v[a-z0-9]+$/;

/** The kinds of a list that can be listed and watched; subresources and reviews cannot. */
export function watchedKinds(apiVersion: string, list: ApiResourceList | undefined): readonly ResourceType[] {
  return (list?.resources ?? [])
    .filter(({ name, verbs = [] }) => !name.includes('/') && verbs.includes('list') && verbs.includes('watch'))
    .map(({ name, kind, namespaced }) => resourceType(apiVersion, kind, name, { namespaced }));
}
