/** YAML of a service with a named revision that keeps one pod. */
export function hello(more: { readonly target?: string; readonly revision?: string; readonly name?: string } = {}): string {
  const { target = 'World', revision = 'world', name = 'hello' } = more;
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    metadata:
      name: ${name}-${revision}
      annotations:
        autoscaling.knative.dev/min-scale: "1"
    spec:
      containers:
        - image: gcr.io/knative-samples/helloworld-go
          env:
            - name: TARGET
              value: "${target}"
`;
}

/** YAML of a Deployment of the same program. */
export const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: gcr.io/knative-samples/helloworld-go
          ports: [{containerPort: 8080}]
`;

/** YAML of a ConfigMap. */
export function settings(data: Readonly<Record<string, string>>, name = 'settings'): string {
  const lines = Object.entries(data).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${lines.join('')}`;
}
