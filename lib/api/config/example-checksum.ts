import type { ConfigMap } from '../core/simple';
import { type ConfigData, EXAMPLE_KEY } from './config-data';

/** Annotation with the checksum of a ConfigMap's example. */
export const EXAMPLE_CHECKSUM_ANNOTATION = 'knative.dev/example-checksum';

/** CRC-32 as IEEE has it, bit by bit: examples are short, and node:zlib takes longer to load than the rest of this package. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The checksum of an example: CRC-32 in hexadecimal, whatever the blank lines and line ends. */
export function exampleChecksum(example: string): string {
  const normal = example.trim().replace(/(?:\r?\n)+/g, '\\n');
  return crc32(Buffer.from(normal)).toString(16).padStart(8, '0');
}

/** Upstream's message if somebody edited the example of a ConfigMap, where it sets nothing. */
export function exampleError(configMap: ConfigMap): string | undefined {
  const data: ConfigData = configMap.data ?? {};
  const wanted = configMap.metadata.annotations?.[EXAMPLE_CHECKSUM_ANNOTATION];
  if (data[EXAMPLE_KEY] === undefined || wanted === undefined || wanted === exampleChecksum(data[EXAMPLE_KEY])) return undefined;
  return `the update modifies a key in "${EXAMPLE_KEY}" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"`;
}
