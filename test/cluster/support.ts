import { RealClock, systemRandom } from '../../lib/base';
import { HttpCluster, HttpServiceAccounts } from '../../lib/kube/http';
import { KubeconfigConnection } from '../../lib/kube/kubeconfig';

const why = process.env['KNC_NO_CLUSTER'] ?? 'run this by `npm run test:cluster`';

/** `describe`, skipped with the reason where there is no cluster. */
export const describeCluster: typeof describe.skip = why ? describe.skip : describe;
if (why) console.log(`skipped: no cluster: ${why}`);

/** A client with the rights of an administrator. */
export function adminCluster(): HttpCluster {
  return new HttpCluster(administrator());
}

/** Its service accounts, by the same rights. */
export function adminAccounts(cluster: HttpCluster): HttpServiceAccounts {
  return new HttpServiceAccounts({ ...administrator(), cluster });
}

function administrator() {
  const clock = new RealClock();
  const file = process.env['KUBECONFIG'] ?? '';
  const source = new KubeconfigConnection({ file, env: {}, cwd: process.cwd(), clock });
  return { source, clock, random: systemRandom };
}
