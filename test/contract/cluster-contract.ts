import { applyContract } from './apply-contract';
import { ContractContext, type ContractSubject } from './contract-context';
import { deletionContract } from './deletion-contract';
import { dryRunContract } from './dry-run-contract';
import { strategicContract } from './strategic-contract';
import { watchContract } from './watch-contract';
import { writesContract } from './writes-contract';

/**
 * What everybody who talks to a `Cluster` relies on, as tests: Kubernetes' semantics and nothing else, so that the suite holds
 * for a real API server too (with its controller manager running, for the deletion of what is owned).
 */
export function clusterContract(name: string, makeSubject: () => Promise<ContractSubject>): void {
  describe(`${name} keeps the contract of a cluster:`, () => {
    const context = new ContractContext(makeSubject);
    beforeEach(() => context.open());
    afterEach(() => context.close());
    writesContract(context);
    strategicContract(context);
    applyContract(context);
    deletionContract(context);
    dryRunContract(context);
    watchContract(context);
  });
}
