import { type FieldError, generic, invalidValue, missingField, via, withRemedy } from '../../base';
import type { FeaturesConfig } from '../config';
import type { Container, ContainerPort, Volume } from '../generated/types';
import { envErrors, envFromErrors } from './env-errors';
import { parseImageReference } from './image-reference';
import { resourceErrors } from './resource-errors';
import { securityContextErrors } from './security-context-errors';
import { volumeMountErrors } from './volume-mount-errors';

/** Ports that Knative's own sidecar listens on in every pod. */
const RESERVED_PORTS: ReadonlySet<number> = new Set([8012, 8013, 8022, 9090, 9091, 8008]);

/** What a container is to its pod: the one that gets the requests, one beside it, or one that runs before them. */
export type ContainerRole = 'serving' | 'sidecar' | 'init';

const RESERVED_NAME = withRemedy(
  generic('"queue-proxy" is a reserved container name', 'name'),
  'Give the container another name: Knative may add a container of its own under this one.',
);

function imageErrors(image: string | undefined): FieldError[] {
  if (!image) return [withRemedy(missingField('image'), 'Name the image to run, such as "registry.example.com/team/app:1.2".')];
  if (parseImageReference(image)) return [];
  const details = `image: ${JSON.stringify(image)}, error: could not parse reference: ${image}`;
  const remedy = /[A-Z]/.test(image.replace(/[:@][^/]*$/, ''))
    ? 'Repository names are lower case.'
    : 'Write [registry/]repository[:tag][@sha256:digest].';
  return [{ ...generic('Failed to parse image reference', 'image'), details, remedy }];
}

function portNumberErrors({ containerPort = 0 }: ContainerPort): FieldError[] {
  if (!RESERVED_PORTS.has(containerPort)) return [];
  const text = `${containerPort} is a reserved port`;
  const error = invalidValue(text, 'containerPort', `${text}, please use a different value`);
  return [withRemedy(error, 'Let the program listen on another port, such as 8080; it is told which one in $PORT.')];
}

function portErrors(ports: readonly ContainerPort[] = [], role: ContainerRole): FieldError[] {
  if (role === 'init') return ports.flatMap((port, i) => via(`[${i}]`, portNumberErrors(port)));
  const port = ports[0];
  if (!port) return [];
  const { name = '', protocol = '' } = port;
  const badName = {
    ...generic(`Port name ${name} is not allowed`, 'name'),
    details: "Name must be empty, or one of: 'h2c', 'http1'",
    remedy: 'The name says the protocol: "h2c" for HTTP/2 and gRPC, "http1" or none for HTTP/1.',
  };
  return via('[0]', [
    ...portNumberErrors(port),
    ...(protocol === '' || protocol === 'TCP' ? [] : [invalidValue(protocol, 'protocol')]),
    ...(['', 'http1', 'h2c'].includes(name) ? [] : [badName]),
  ]);
}

/** What is wrong with a container whatever its probes; those depend on its role. */
export function containerErrors(
  container: Container,
  role: ContainerRole,
  volumes: ReadonlyMap<string, Volume>,
  features: FeaturesConfig,
): FieldError[] {
  return [
    ...(container.name === 'queue-proxy' ? [RESERVED_NAME] : []),
    ...via('env', envErrors(container.env, role === 'serving', features)),
    ...via('envFrom', envFromErrors(container.envFrom)),
    ...imageErrors(container.image),
    ...via('ports', portErrors(container.ports, role)),
    ...via('resources', resourceErrors(container.resources)),
    ...via('securityContext', securityContextErrors(container.securityContext, features)),
    ...via('volumeMounts', volumeMountErrors(container.volumeMounts, volumes, features)),
  ];
}
