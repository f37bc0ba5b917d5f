import { accountsOf } from '../objects/access';
import type { ResolvedPlatform } from '../options';
import type { AdmissionPolicy } from './policy';

/** Where accounts are that can do anything. */
const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease'];

/**
 * The platform asks for tokens of the service accounts that sources name and senders have, and those may be any; but never of the
 * cluster's own, nor of its own other parts: whoever breaks into it does not become more than the tenants are.
 */
export function tokenPolicies(platform: ResolvedPlatform): readonly AdmissionPolicy[] {
  const own = accountsOf(platform).map(({ name, namespace }) => `${namespace}/${name}`);
  return [
    {
      ...{ name: 'tokens', group: '', versions: ['v1'], resources: ['serviceaccounts/token'] },
      ...{ operations: ['CREATE'], by: 'platform' },
      rules: [
        {
          expression: `!(request.namespace in ${JSON.stringify(SYSTEM)})`,
          message: `"the platform issues no tokens of service accounts in namespace " + request.namespace`,
        },
        {
          expression: `!((request.namespace + "/" + request.name) in ${JSON.stringify(own)})`,
          message: `"the platform issues no tokens of its own service account " + request.namespace + "/" + request.name`,
        },
      ],
    },
  ];
}
