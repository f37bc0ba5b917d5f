import { allTypes } from '../../../../lib/api';
import { CountingExecutor, type Executor, seededRandom, VirtualClock } from '../../../../lib/base';
import { MemoryCluster, type MemoryClusterOptions } from '../../../../lib/local/cluster';

export interface TestCluster {
  readonly cluster: MemoryCluster;
  readonly clock: VirtualClock;
  readonly executor: Executor;
}

/** A cluster in virtual time that knows every kind. What background work throws fails the test. */
export function testCluster(options: Partial<MemoryClusterOptions> = {}): TestCluster {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  return { cluster: new MemoryCluster({ clock, random: seededRandom(1), types: allTypes, ...options }), clock, executor };
}
