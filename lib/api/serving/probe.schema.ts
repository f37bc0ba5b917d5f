import { define, exactlyOne, int32, int64, intOrString, list, str, strings } from '../schema/builders.schema';
import type { CelRule } from '../schema/schema';

const HTTPHeader = define(
  'HTTPHeader',
  'A header of the probe request.',
  { name: str('Name of the header.'), value: str('Value of the header.') },
  { required: ['name', 'value'] },
);

const HTTPGetAction = define('HTTPGetAction', 'Healthy if a GET is answered with 200 to 399.', {
  path: str('Path of the request.'),
  port: intOrString('Port, by number or name. Default: the port of the container.'),
  host: str('Host to connect to. Default: the pod.'),
  scheme: str('HTTP or HTTPS. Default: HTTP.'),
  httpHeaders: list(HTTPHeader, 'Headers to send.', { listType: 'atomic' }),
});

const TCPSocketAction = define('TCPSocketAction', 'Healthy if a connection is accepted.', {
  port: intOrString('Port, by number or name. Default: the port of the container.'),
  host: str('Host to connect to. Default: the pod.'),
});

const GRPCAction = define('GRPCAction', 'Healthy if the gRPC health service says SERVING.', {
  port: int32('Port. Default: the port of the container.'),
  service: str('Service to ask for. Default: empty, the whole server.'),
});

const ExecAction = define('ExecAction', 'Healthy if a command in the container ends with 0.', {
  command: strings('The command; not run in a shell.', { listType: 'atomic' }),
});

const fields = {
  httpGet: HTTPGetAction,
  tcpSocket: TCPSocketAction,
  grpc: GRPCAction,
  exec: ExecAction,
  initialDelaySeconds: int32('Seconds between the start of the container and the first check. Default: 0.'),
  periodSeconds: int32('Seconds between checks. 0 on a readiness probe: several checks a second until the first success.'),
  timeoutSeconds: int32('Seconds after which a check has failed. Default: 1.'),
  successThreshold: int32('Successes in a row that make the container healthy. Default: 1.'),
  failureThreshold: int32('Failures in a row that make it unhealthy. Default: 3.'),
  terminationGracePeriodSeconds: int64('Seconds that the container has to end after a failed liveness or startup check.'),
};

const [atLeastOne, atMostOne] = exactlyOne('httpGet', 'tcpSocket', 'exec', 'grpc') as [CelRule, CelRule];

const isZero = (field: string): string => `(!has(self.${field}) || self.${field} == 0)`;

const onlyWithPeriod = (field: string): CelRule => ({
  rule: `!${isZero('periodSeconds')} || ${isZero(field)}`,
  message: `${field} is disallowed when periodSeconds is zero`,
});

const notNegative = (field: string): CelRule => ({
  rule: `!has(self.${field}) || self.${field} >= 0`,
  message: `expected a value of at least 0 for ${field}`,
});

/** A probe of its own accord must say what it does. */
export const Probe = define('Probe', 'A check of a container: exactly one of httpGet, tcpSocket, exec and grpc.', fields, {
  rules: [atLeastOne, atMostOne],
});

/** A readiness probe has a default. */
export const ReadinessProbe = define(
  'ReadinessProbe',
  'A check whether a container takes requests: one of httpGet, tcpSocket, exec and grpc. Default: a TCP connection to its port.',
  fields,
  {
    rules: [
      atMostOne,
      onlyWithPeriod('failureThreshold'),
      onlyWithPeriod('timeoutSeconds'),
      ...['periodSeconds', 'initialDelaySeconds', 'successThreshold', 'failureThreshold', 'timeoutSeconds'].map(notNegative),
    ],
  },
);
