import { accessSync, constants } from 'node:fs';
import { KncError } from '../../base';

/** Programs that pods' networks are made with. */
export interface IsolationTools {
  readonly ip: string;
  readonly mount: string;
}

/** Where distributions keep them; not by PATH, because they are run as root. */
const FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

function find(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** This machine and user, as far as it matters. */
export interface Ground {
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined;
  readonly find: (name: string) => string | undefined;
}

const here = (): Ground => ({ platform: process.platform, uid: process.getuid?.(), find });

/** The tools with which pods get networks of their own. @throws KncError KNC3401 if that cannot be done here */
export function isolationTools({ platform, uid, find: path }: Ground = here()): IsolationTools {
  if (platform !== 'linux') throw new KncError('KNC3401', `network namespaces are Linux', and this is ${platform}`);
  if (uid !== 0) throw new KncError('KNC3401', 'only root may make networks');
  const [ip, mount] = [path('ip'), path('mount')];
  const missing = [...(ip ? [] : ['ip']), ...(mount ? [] : ['mount'])];
  if (!ip || !mount) throw new KncError('KNC3401', `there is no program ${missing.join(' and no ')} in ${FOLDERS.join(', ')}`);
  return { ip, mount };
}
