import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { type ConfigMap, configMapError, defaultServingConfig, exampleChecksum, parseServingConfig } from '../../lib/api';
import { describeUpstream } from './go-module';

const SECTIONS = ['autoscaler', 'defaults', 'deployment', 'domain', 'features', 'gc', 'network'] as const;

describeUpstream("the settings beside upstream's ConfigMaps", ({ serving, networking }) => {
  describe.each(SECTIONS)('config-%s', (section) => {
    const file =
      section === 'network'
        ? path.join(networking, 'config/config-network.yaml')
        : path.join(serving, `config/core/configmaps/${section}.yaml`);
    const map = parseYaml(readFileSync(file, 'utf8')) as ConfigMap;
    const example = map.data!['_example']!;

    test('is accepted as it is delivered', () => {
      expect(configMapError(map, parseYaml)).toBeUndefined();
    });

    test('has an example with the checksum that it says', () => {
      expect(exampleChecksum(example)).toBe(map.metadata.annotations!['knative.dev/example-checksum']);
    });

    test('has an example that can be read', () => {
      const data = Object.fromEntries(
        Object.entries(parseYaml(example) as object).map(([key, value]) => [key, String(value ?? '')]),
      );
      const config = parseServingConfig({ [`config-${section}`]: data }, { parseYaml });
      if (section === 'autoscaler' || section === 'gc' || section === 'features')
        expect(config[section]).toEqual(defaultServingConfig[section]);
    });
  });
});
