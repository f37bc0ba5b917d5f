/** One object or list that is being read. */
interface Level {
  /** Names that an object has had; undefined: a list. */
  readonly names?: Set<string>;
  /** Path of the object or list itself. */
  readonly path: string;
  /** What comes next in an object is a name. */
  name: boolean;
  index: number;
  field: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

const placeIn = (level: Level | undefined): string => {
  if (!level) return '';
  if (!level.names) return `${level.path}[${level.index}]`;
  return level.path === '' ? level.field : `${level.path}.${level.field}`;
};

/** Paths of fields that a JSON text has twice in one object; `JSON.parse` takes the last without a word. The text must be JSON. */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), path: placeIn(level), name: true, index: 0, field: '' });
    else if (token === '[') levels.push({ path: placeIn(level), name: false, index: 0, field: '' });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) {
      level.name = level.names !== undefined;
      level.index++;
    } else if (token.startsWith('"') && level?.name) {
      level.name = false;
      level.field = JSON.parse(token) as string;
      if (level.names?.has(level.field)) found.push(placeIn(level));
      level.names?.add(level.field);
    }
  }
  return [...new Set(found)];
}
