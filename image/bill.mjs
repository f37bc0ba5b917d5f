// What is in the image beside its base: a CycloneDX bill of materials and the texts of the licences. The same input gives the same bytes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** https://github.com/package-url/purl-spec: a scope's @ is encoded. */
const purlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/** npm's `sha512-BASE64` as CycloneDX has it. */
function hashesOf(integrity = '') {
  return integrity.split(' ').flatMap((one) => {
    const [, kind, digest] = /^sha(512|384|256|1)-(.+)$/.exec(one) ?? [];
    return kind ? [{ alg: `SHA-${kind}`, content: Buffer.from(digest, 'base64').toString('hex') }] : [];
  });
}

/** An SPDX expression, or else what the package says of itself. */
function licencesOf(license) {
  if (typeof license !== 'string') return [];
  if (/ (OR|AND|WITH) /.test(license)) return [{ expression: license }];
  return [{ license: { id: license } }];
}

/** Packages by name and version: the same one may be installed twice. */
function components(root, folders) {
  const locked = json(path.join(root, 'package-lock.json')).packages;
  const found = folders.map((folder) => {
    const { name, version, license } = json(path.join(root, folder, 'package.json'));
    const lock = locked[folder];
    if (lock?.version !== version)
      throw new Error(`${folder} is ${version}, and not what package-lock.json says (${lock?.version}): npm ci`);
    const purl = purlOf(name, version);
    const hashes = hashesOf(lock.integrity);
    const licenses = licencesOf(license ?? lock.license);
    if (licenses.length === 0) throw new Error(`${folder} does not say its licence`);
    const [scope, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
    return {
      ...{ type: 'library', 'bom-ref': purl, ...(scope ? { group: scope } : {}), name: bare, version, scope: 'required' },
      ...{ ...(hashes.length > 0 ? { hashes } : {}), licenses, purl },
    };
  });
  // By name, then by version: a name that begins with another one comes after it.
  const byName = new Map(found.map((one) => [one.purl.replace(/@(?=[^@]*$)/, ' '), one]));
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** @param folders of the packages, below the root */
export function bill(root, { name, version, license }, folders) {
  const own = purlOf(name, version);
  const parts = components(root, folders);
  const bom = {
    ...{ $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: {
      component: { type: 'application', 'bom-ref': own, name, version, licenses: licencesOf(license), purl: own },
    },
    components: parts,
    dependencies: [{ ref: own, dependsOn: parts.map(({ purl }) => purl) }],
  };
  const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5');
  const { $schema, bomFormat, specVersion, ...rest } = bom;
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuid}`, ...rest };
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** The texts that come with the packages, as their licences ask for. */
export function licenceTexts(root, folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = json(path.join(root, folder, 'package.json'));
    const files = readdirSync(path.join(root, folder))
      .filter((file) => LICENCE_FILE.test(file))
      .sort();
    const texts = files.map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
