import { tempFolder } from '../lib/cli/temp-folder';
import { describeBuilt, get, Knc } from './support/knc';

const FILES = {
  'app.yaml': `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello }
spec: { template: { spec: { containers: [{ image: example.com/hello }] } } }
`,
  'knc.images.yaml': `images:
  example.com/hello:
    command: [node, -e, "require('http').createServer((_, res) => res.end('hello')).listen(process.env.PORT)"]
`,
};

describeBuilt('knc dev --metrics-port', () => {
  test('says where metrics are, and there is what was asked of services and how many pods they want', async () => {
    const knc = new Knc(tempFolder(FILES), 'dev', 'app.yaml', '--json', '--port', '0', '--metrics-port', '0');
    const { url } = await knc.event<{ url: string }>('metrics');
    const { gateway } = await knc.event<{ gateway: string }>('ready');
    expect(await get(gateway, 'hello.default.localhost')).toMatchObject({ status: 200 });
    const { text } = await get(url, '127.0.0.1', '/metrics');
    expect(text).toContain('knc_gateway_requests_total{namespace="default",revision="hello-00001",code_class="2xx"} 1');
    expect(text).toContain('kn_revision_pods_desired{namespace="default",revision="hello-00001"} 1');
    expect(text).toMatch(/^knc_reconcile_total\{reconciler="[\w-]+",result="\w+"\} \d+$/m);
    knc.signal('SIGINT');
    expect(await knc.exit()).toBe(0);
    await expect(get(url, '127.0.0.1', '/metrics')).rejects.toThrow('ECONNREFUSED');
    await knc.end();
  });
});
