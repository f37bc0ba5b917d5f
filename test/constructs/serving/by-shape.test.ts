import { ApiObject, Duration, Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { KnService, type KnServiceProps } from '../../../constructs';
import { synthesized } from './synth';

/** The revision spec for props that may use objects made in the same chart. */
function revisionSpec(props: (chart: ReturnType<typeof Testing.chart>) => Partial<KnServiceProps>) {
  const chart = Testing.chart();
  new KnService(chart, 'a', { name: 'a', image: 'app', ...props(chart) });
  return synthesized(chart, 'Service', 'a').spec.template.spec;
}

const settings = (chart: ReturnType<typeof Testing.chart>) =>
  new kplus.ConfigMap(chart, 'settings', { metadata: { name: 'settings' } });
const keys = (chart: ReturnType<typeof Testing.chart>) => new kplus.Secret(chart, 'keys', { metadata: { name: 'keys' } });

describe('objects of cdk8s-plus are accepted by shape', () => {
  test('environment variables: ConfigMap, Secret, SecretValue and EnvValue', () => {
    const spec = revisionSpec((chart) => {
      const configMap = settings(chart);
      const secret = keys(chart);
      return {
        silence: ['cluster-setting'],
        env: {
          A: { configMap, key: 'a' },
          B: { secret, key: 'b' },
          C: { secret, key: 'c' } satisfies kplus.SecretValue,
          D: kplus.EnvValue.fromConfigMap(configMap, 'd', { optional: true }),
          E: kplus.EnvValue.fromSecretValue({ secret, key: 'e' }),
          F: kplus.EnvValue.fromValue('f'),
          G: { configMap: kplus.ConfigMap.fromConfigMapName(chart, 'imported', 'imported'), key: 'g' },
          H: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
          I: kplus.EnvValue.fromResource(kplus.ResourceFieldPaths.CPU_LIMIT, { divisor: '1' }),
        },
      };
    });
    expect(spec.containers[0]!.env).toEqual([
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'b' } } },
      { name: 'C', valueFrom: { secretKeyRef: { name: 'keys', key: 'c' } } },
      { name: 'D', valueFrom: { configMapKeyRef: { name: 'settings', key: 'd', optional: true } } },
      { name: 'E', valueFrom: { secretKeyRef: { name: 'keys', key: 'e' } } },
      { name: 'F', value: 'f' },
      { name: 'G', valueFrom: { configMapKeyRef: { name: 'imported', key: 'g' } } },
      { name: 'H', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'I', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    ]);
  });

  test('sources of environment: ConfigMap, Secret, EnvFrom, a plain ApiObject, and names', () => {
    const spec = revisionSpec((chart) => ({
      envFrom: [
        settings(chart),
        keys(chart),
        new kplus.EnvFrom(kplus.ConfigMap.fromConfigMapName(chart, 'imported', 'imported'), 'P_'),
        new ApiObject(chart, 'plain', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain' } }),
        { configMap: 'by-name', prefix: 'N_' },
      ],
    }));
    expect(spec.containers[0]!.envFrom).toEqual([
      { configMapRef: { name: 'settings' } },
      { secretRef: { name: 'keys' } },
      { configMapRef: { name: 'imported' }, prefix: 'P_' },
      { secretRef: { name: 'plain' } },
      { configMapRef: { name: 'by-name' }, prefix: 'N_' },
    ]);
  });

  test('volumes: ConfigMap, Secret, PersistentVolumeClaim and Volume', () => {
    const spec = revisionSpec((chart) => ({
      silence: ['cluster-setting'],
      volumes: [
        { mountPath: '/etc/settings', configMap: settings(chart) },
        { mountPath: '/etc/keys', secret: keys(chart) },
        {
          mountPath: '/data',
          persistentVolumeClaim: kplus.PersistentVolumeClaim.fromClaimName(chart, 'claim', 'claim'),
          readOnly: true,
        },
        { mountPath: '/plus', volume: kplus.Volume.fromSecret(chart, 'volume', keys(Testing.chart()), { name: 'plus' }) },
      ],
    }));
    expect(spec.volumes).toEqual([
      { name: 'etc-settings', configMap: { name: 'settings' } },
      { name: 'etc-keys', secret: { secretName: 'keys' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'claim', readOnly: true } },
      { name: 'plus', secret: { secretName: 'keys' } },
    ]);
    expect(spec.containers[0]!.volumeMounts!.map(({ name }) => name)).toEqual(['etc-settings', 'etc-keys', 'data', 'plus']);
  });

  test('service accounts, pull secrets, Duration, Size and Cpu', () => {
    const spec = revisionSpec((chart) => ({
      serviceAccount: new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'account' } }),
      imagePullSecrets: [keys(chart)],
      timeouts: { request: Duration.minutes(2) },
      resources: { limits: { cpu: kplus.Cpu.millis(250), memory: Size.gibibytes(1) } },
    }));
    expect(spec).toMatchObject({
      serviceAccountName: 'account',
      imagePullSecrets: [{ name: 'keys' }],
      timeoutSeconds: 120,
      containers: [{ resources: { limits: { cpu: '250m', memory: '1Gi' } } }],
    });
  });
});
