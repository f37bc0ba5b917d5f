import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Describe } from './open-api';

type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Beside the program, where the build puts it. */
const FILE = path.join(__dirname, '../openapi/core-descriptions.json');

/** What Kubernetes' own kinds and fields are for. The file is read at the first question; nothing is known where it is not. */
export function coreDescriptions(file = FILE): Describe {
  let known: Descriptions | undefined;
  return (id, field = '') => {
    known ??= existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Descriptions) : {};
    return known[id]?.[field];
  };
}
