// The runtime of a cluster in a process of its own: what `knc run --role all` starts. Ends with SIGTERM.
import { createRequire } from 'node:module';

const [bundle, kubeconfig, identity, external, internal] = process.argv.slice(2);
const runtime = createRequire(import.meta.url)(bundle);
const {
  HttpCluster,
  HttpServiceAccounts,
  KubeconfigConnection,
  noLog,
  noMetrics,
  RealClock,
  RealExecutor,
  RuntimeSystem,
  systemRandom,
} = runtime;
const clock = new RealClock();
const say = (level) => (message, fields) => console.error(JSON.stringify({ level, message, ...fields }));
const log = { ...noLog, warn: say('warn'), error: say('error') };
const source = new KubeconfigConnection({ file: kubeconfig, env: {}, cwd: process.cwd(), clock });
const connected = { source, clock, random: systemRandom, log, userAgent: 'knative-constructs/bench', forgetManagedFields: true };
const cluster = new HttpCluster(connected);
const system = await RuntimeSystem.start({
  ...{
    cluster,
    accounts: new HttpServiceAccounts({ ...connected, cluster }),
    clock,
    executor: new RealExecutor((error) => console.error(error)),
    random: systemRandom,
    log,
    metrics: noMetrics,
  },
  ports: { external: Number(external), internal: Number(internal) },
  ...{ podIp: '10.99.0.1', identity, namespace: 'knative-serving' },
});
process.on('SIGTERM', async () => {
  await system.stop();
  await cluster.close();
  process.exit(0);
});
console.log('started');
