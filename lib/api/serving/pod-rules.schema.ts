import type { CelRule } from '../schema/schema';

/** Rules of any container; those of its probes are with the probes, so that a container without any costs the API server nothing. */
export const containerRules: readonly CelRule[] = [
  { rule: 'has(self.image) && self.image.size() > 0', message: 'missing field(s): image' },
];

const ALL_PORTS = 'self.containers.map(c, has(c.ports) ? size(c.ports) : 0).sum()';
const SERVES = 'size(self.containers) == 1 || has(c.ports) && size(c.ports) > 0';
const mounts = (containers: string): string =>
  `${containers}.exists(c, has(c.volumeMounts) && c.volumeMounts.exists(m, m.name == v.name))`;

/** Rules of the pod as a whole. */
export const podRules: readonly CelRule[] = [
  { rule: 'size(self.containers) > 0', message: 'missing field(s): containers', fieldPath: '.containers' },
  { rule: `${ALL_PORTS} <= 1`, message: 'more than one container port is set', fieldPath: '.containers' },
  {
    rule: `size(self.containers) <= 1 || ${ALL_PORTS} >= 1`,
    message: 'missing field(s): containers[*].ports',
    fieldPath: '.containers',
  },
  {
    rule: "self.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.name) || p.name in ['', 'http1', 'h2c']))",
    message: "Port name is not allowed: it must be empty, or one of: 'h2c', 'http1'",
    fieldPath: '.containers',
  },
  {
    rule: "self.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.protocol) || p.protocol in ['', 'TCP']))",
    message: 'invalid value: the protocol of a port must be TCP',
    fieldPath: '.containers',
  },
  {
    rule: `self.containers.all(c, !(${SERVES}) || !has(c.env) || !c.env.exists(e, e.name == 'PORT'))`,
    message: '"PORT" is a reserved environment variable',
    fieldPath: '.containers',
  },
  {
    rule: "self.containers.all(a, !has(a.name) || a.name == '' || self.containers.exists_one(b, has(b.name) && b.name == a.name))",
    message: 'duplicate container name',
    fieldPath: '.containers',
  },
  {
    rule: 'has(self.initContainers) ? self.initContainers.all(c, !has(c.livenessProbe) && !has(c.readinessProbe) && !has(c.startupProbe)) : true',
    message: 'field not allowed in an init container: livenessProbe, readinessProbe, startupProbe',
    fieldPath: '.initContainers',
  },
  {
    rule: `!has(self.volumes) || self.volumes.all(v, ${mounts('self.containers')} || has(self.initContainers) && ${mounts('self.initContainers')})`,
    message: 'volume is not mounted',
    fieldPath: '.volumes',
  },
  {
    rule: 'self.containers.all(c, !has(c.volumeMounts) || c.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name)))',
    message: 'volumeMount has no matching volume',
    fieldPath: '.containers',
  },
];
