import type { ModelObject } from '../model';
import { type Address, clusterAddress } from './address';
import { ApiResource } from './api-resource';

/** What constructs over one API object with a host of its own have in common. */
export abstract class KnResource<T extends ModelObject> extends ApiResource<T> implements Address {
  get host(): string {
    return clusterAddress(this).host;
  }

  get address(): string {
    return clusterAddress(this).address;
  }
}
