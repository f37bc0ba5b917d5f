import { defaultServingConfig, type ServingConfig } from '../api';
import { INGRESS_CLASS } from '../control';

/** The domain under which every service of a laptop has a public name: sslip.io resolves it to the loopback address. */
export const LOCAL_DOMAIN = '127.0.0.1.sslip.io';

/**
 * Upstream's settings, but for where a laptop is not a cluster: our own gateway, a domain that leads to loopback, services that may
 * start at zero, domains that belong to the first who maps them, and no half minute of grace before the last pod goes, which gives a
 * cluster's network time to take the activator in (here the gateway is in the path from the start).
 */
export const localServingConfig: ServingConfig = {
  ...defaultServingConfig,
  autoscaler: { ...defaultServingConfig.autoscaler, allowZeroInitialScale: true, scaleToZeroGracePeriod: 1000 },
  domain: { ...defaultServingConfig.domain, domains: { [LOCAL_DOMAIN]: { selector: {}, type: 'wildcard' } } },
  network: { ...defaultServingConfig.network, ingressClass: INGRESS_CLASS, autocreateClusterDomainClaims: true },
};
