import { LOG_LEVELS } from '../roles/process/log-level';
import { ROLE_NAMES } from '../roles/process/role-names';
import type { CommandSpec, OptionSpec } from './command-spec';

const namespace: OptionSpec = {
  flags: '-n, --namespace <name>',
  description: 'namespace of objects that name none (default: default)',
};
const useAppCommand: OptionSpec = {
  flags: '--use-app-command',
  description: "synthesize with the app command of cdk8s.yaml instead of knc's own loader",
};
const inheritEnv: OptionSpec = {
  flags: '--inherit-env <NAME>',
  description: 'hand this variable of the shell to the app and its pods; may be repeated',
  type: 'list',
};
const input = {
  name: 'path',
  description: 'app folder with a cdk8s.yaml, app file (.ts, .js, .mjs), YAML file, folder of YAML, or - for YAML on stdin',
  variadic: true,
} as const;

const targetNamespace: OptionSpec = {
  flags: '-n, --namespace <name>',
  description: 'namespace of what names none (default: that of the context)',
};
/** Which cluster a command looks at. */
const target: readonly OptionSpec[] = [
  { flags: '--context <name>', description: 'a context of your kubeconfig, instead of the running knc dev' },
  { flags: '--kubeconfig <file>', description: 'this kubeconfig instead of $KUBECONFIG or ~/.kube/config', type: 'path' },
  { flags: '--state <dir>', description: 'the state folder of the running knc dev (default: .knc)', type: 'path' },
];

/** Every command of `knc`. */
export const commandTable: readonly CommandSpec[] = [
  {
    name: 'dev',
    eventLines: true,
    summary: 'run what an app or YAML declares, on this machine',
    description:
      'Synthesizes the app (which runs its code), starts the whole runtime in this process, applies the objects, waits until every\n' +
      'service is ready and prints its URL. Edits are applied as they are saved. What there is, is kept for the next run in .knc.\n' +
      'Ctrl-C stops all pods: exit code 0 if everything had become ready, else 130; a second Ctrl-C ends at once.',
    examples: [
      { command: 'knc dev examples/hello', explains: 'run an app on http://hello.default.localhost' },
      { command: 'knc dev main.ts --logs --port 9000', explains: 'one file, with the logs of its pods, on port 9000' },
      { command: 'knc dev --quickstart', explains: 'an empty platform, for kubectl and kn' },
      { command: 'cat service.yaml | knc dev - --once', explains: 'does it become ready? for scripts and CI' },
      { command: 'knc dev . --json | jq .event', explains: 'one JSON object a line, for programs' },
    ],
    args: [{ ...input, optional: true }],
    options: [
      { flags: '-p, --port <number>', description: 'gateway port, 0 for any free one (default: 80, or else 8080)', type: 'port' },
      {
        flags: '--quickstart',
        description: 'begin with an empty platform, but for a broker example-broker; a path is not needed then',
      },
      { flags: '--logs', description: 'print what the pods print' },
      { flags: '--metrics-port <number>', description: 'metrics for Prometheus, on this port of 127.0.0.1', type: 'port' },
      { flags: '--isolate', description: 'give each pod a network of its own with real DNS (Linux, as root)' },
      {
        flags: '--allow-sink <address>',
        description: 'let events be sent to this address of this machine, as 127.0.0.1:9000; may be repeated',
        type: 'list',
      },
      {
        flags: '--keep-events <duration>',
        description: 'how long delivered events are kept for replay, as 30m or 72h (default: 24h, with --ephemeral 1h)',
      },
      {
        flags: '--keep-events-size <quantity>',
        description: 'how much of them for each broker and channel, as 500Mi or 2Gi (default: 64Mi, with --ephemeral 32Mi)',
      },
      { flags: '--once', description: 'end once everything is ready (0) or will not be (1)' },
      { flags: '--timeout <duration>', description: 'with --once, how long to wait for that, as in 90s or 2m (default: 60s)' },
      {
        flags: '--json',
        description: 'events on stdout, one JSON object a line, errors among them; nothing on stderr but wrong usage',
      },
      { flags: '--trust-images', description: 'let knc.images.yaml name programs and folders outside the repository' },
      { flags: '--state <dir>', description: 'keep the state of the platform in this folder (default: .knc)', type: 'path' },
      { flags: '--ephemeral', description: 'keep no state: everything is forgotten in the end' },
      { flags: '--fresh', description: 'forget the state of earlier runs first' },
      namespace,
      inheritEnv,
      useAppCommand,
    ],
  },
  {
    name: 'validate',
    summary: 'say everything that is wrong with an app or YAML, and where',
    description:
      "Checks every object with the rules and words of Knative's own webhook, with file, line and how to fix it. Reads YAML without\n" +
      "running anything; of apps it runs the code. Kubernetes' own kinds are checked for common mistakes; kinds that are not known\n" +
      'here are noted.',
    examples: [
      { command: 'knc validate service.yaml', explains: 'one file; nothing is run' },
      { command: 'knc validate k8s/ main.ts --strict', explains: 'YAML and an app; warnings fail too' },
      { command: 'kustomize build . | knc validate -', explains: 'what another tool prints' },
      { command: 'knc validate k8s/ --output github', explains: 'beside the lines of a pull request' },
      { command: "knc validate k8s/ --json | jq '.findings[]'", explains: 'for programs' },
    ],
    args: [input],
    options: [
      {
        flags: '-o, --output <format>',
        description: 'text, json, github or sarif (default: text)',
        choices: ['text', 'json', 'github', 'sarif'],
      },
      { flags: '--json', description: 'short for --output json: one JSON document on stdout' },
      { flags: '--strict', description: 'fail for warnings too, and for kinds that cannot be checked' },
      namespace,
      inheritEnv,
      useAppCommand,
    ],
    exitCodes: { 0: 'everything is valid', 1: 'something is not valid, or could not be read' },
  },
  {
    name: 'graph',
    summary: 'draw an app or YAML: what it declares, and what controllers make of it',
    description:
      'Draws the declared objects, the objects that controllers will create for them, and how they hang together: shares of requests,\n' +
      'settings and secrets, who calls whom. Controllers are run in memory until they rest; nothing outside is touched. Of apps it\n' +
      'runs the code.',
    examples: [
      { command: 'knc graph . --output graph.svg', explains: 'a picture, for light and dark pages' },
      { command: 'knc graph examples/canary', explains: 'Mermaid, as GitHub draws it' },
      { command: 'knc graph k8s/ --output docs/graph.md', explains: 'Mermaid in Markdown' },
      { command: 'knc graph . --children all --json', explains: 'everything that will be there, for programs' },
    ],
    args: [input],
    options: [
      {
        flags: '-o, --output <format|file>',
        description: 'mermaid, json, svg, or a file: .svg, .md, .mmd, .json (default: mermaid)',
        type: 'path',
        suggests: ['mermaid', 'json', 'svg'],
      },
      { flags: '--json', description: 'short for --output json' },
      {
        flags: '--children <which>',
        description: 'what controllers create: none, main or all (default: main)',
        choices: ['none', 'main', 'all'],
      },
      namespace,
      inheritEnv,
      useAppCommand,
    ],
  },
  {
    name: 'images',
    summary: 'say what each image means on this machine',
    description:
      'Lists the images of the input and what knc dev would run for each: what its construct says under `local`, an entry of\n' +
      'knc.images.yaml, a bundled sample, a container engine; and of those that mean nothing here, how to map them. Nothing is\n' +
      'started. Of apps it runs the code.',
    examples: [
      { command: 'knc images', explains: 'of the app or YAML in this folder' },
      { command: 'knc images k8s/ --write', explains: 'add an entry for each that means nothing yet' },
      { command: 'knc images . --json | jq \'.images[] | select(.meaning == "none")\'', explains: 'for programs' },
    ],
    args: [{ ...input, default: '.' }],
    options: [
      { flags: '--write', description: 'add an entry to knc.images.yaml for each image that means nothing' },
      { flags: '--json', description: 'one JSON document on stdout' },
      { flags: '--trust-images', description: 'let knc.images.yaml name programs and folders outside the repository' },
      namespace,
      inheritEnv,
      useAppCommand,
    ],
    exitCodes: { 0: 'every image means something', 1: 'an image means nothing here' },
  },
  {
    name: 'synth',
    summary: 'print the YAML of an app or of YAML input',
    description:
      'Synthesizes apps (which runs their code; constructs check themselves), reads and checks YAML (which runs nothing), and prints\n' +
      'all objects as one YAML stream on stdout. Exit code 1 if an object is invalid; nothing is printed then.',
    examples: [
      { command: 'knc synth examples/hello', explains: 'the objects of an app' },
      { command: 'knc synth main.ts | kubectl apply -f -', explains: 'to a cluster' },
      { command: 'knc synth . --output dist/all.yaml', explains: 'to a file' },
    ],
    args: [input],
    options: [
      { flags: '-o, --output <file>', description: 'write to this file instead of stdout', type: 'path' },
      { flags: '--json', description: 'JSON instead of YAML: one List of all objects' },
      { flags: '--no-validate', description: 'print the objects of YAML input as they are, valid or not' },
      { flags: '-n, --namespace <name>', description: 'write this namespace into objects that name none' },
      inheritEnv,
      useAppCommand,
    ],
  },
  {
    name: 'crds',
    summary: 'print the CustomResourceDefinitions',
    description: 'Prints the CustomResourceDefinitions of every kind that this package serves, as one YAML stream.',
    examples: [
      { command: 'knc crds | kubectl apply -f -', explains: 'install them on a cluster' },
      { command: 'knc crds --output crds/', explains: 'one file per kind' },
    ],
    args: [],
    options: [
      { flags: '-o, --output <dir>', description: 'write one file per kind into this folder', type: 'path' },
      { flags: '--json', description: 'JSON instead of YAML: one List of all definitions' },
    ],
  },
  {
    name: 'doctor',
    summary: 'say what keeps knc from working on this machine, and how to mend it',
    description:
      'Checks Node.js, ports, names, container engines, kubectl and kn, the state folder and what earlier runs have left, write access,\n' +
      'limits of file watching, and whether the app of this folder could be loaded. Changes nothing and runs no app.',
    examples: [
      { command: 'knc doctor', explains: 'each check with ok, warn or fail, and the remedy' },
      { command: 'knc doctor --json | jq \'.checks[] | select(.level != "ok")\'', explains: 'for programs' },
    ],
    args: [],
    options: [
      { flags: '--state <dir>', description: 'the state folder to look at (default: .knc)', type: 'path' },
      { flags: '--json', description: 'one JSON document on stdout' },
    ],
    exitCodes: { 0: 'nothing fails; there may be warnings', 1: 'a check failed' },
  },
  {
    name: 'schemas',
    summary: 'JSON Schemas for editors and kubeconform',
    description:
      'Lists the JSON Schemas of every kind that this package serves and of knc.images.yaml, prints one, or writes them all. They are in\n' +
      'the package too, under knative-constructs/schemas/. Strict about unknown fields; what no schema can say, `knc validate` does.',
    examples: [
      { command: 'knc schemas --output schemas', explains: 'write them all where kubeconform finds them (docs/schemas.md)' },
      { command: 'knc schemas serving.knative.dev/service_v1', explains: 'print one' },
    ],
    args: [{ name: 'schema', description: 'the schema to print, as the list names it', optional: true }],
    options: [
      { flags: '-o, --output <dir>', description: 'write them all below this folder', type: 'path' },
      { flags: '--json', description: 'the list as JSON' },
    ],
  },
  {
    name: 'filter',
    summary: 'try a filter expression on an event',
    description:
      'Evaluates an expression of a trigger on one event and prints the answer as JSON: whether it matches, the value, and the kind\n' +
      'of error if there was one (parse, math, cast, missingFunction, functionEvaluation, missingAttribute, generic); on stderr, what\n' +
      "failed in words. --cesql takes CloudEvents SQL over the event's attributes, --data CEL over its JSON data.",
    examples: [
      { command: `knc filter test --cesql "type LIKE 'order.%'" --event event.json`, explains: 'over the attributes' },
      { command: `knc filter test --data 'amount > 100' --event event.json`, explains: 'over the data' },
      { command: `cat event.json | knc filter test --cesql 'EXISTS subject' --event -`, explains: 'an event on standard input' },
    ],
    args: [{ name: 'action', description: 'test', choices: ['test'] }],
    options: [
      { flags: '--cesql <expression>', description: "CloudEvents SQL over the event's attributes" },
      { flags: '--data <expression>', description: "CEL over the event's JSON data, whose fields are named as they are" },
      {
        flags: '--event <file>',
        description: 'the event in the JSON event format of CloudEvents, or - for standard input',
        type: 'path',
      },
    ],
  },
  {
    name: 'plan',
    summary: 'what applying an app or YAML would change in a cluster',
    description:
      'Synthesizes the app (which runs its code) and shows what applying it would create, change and delete in the running `knc dev`\n' +
      'of this folder or in another cluster, with what controllers would do in consequence, where traffic would move, and which\n' +
      'revisions would wake or go to zero. Every pod is assumed ready. Nothing is changed. Exit code 1 if an object would be refused,\n' +
      '3 if no knc dev runs or the cluster does not answer.',
    examples: [
      { command: 'knc plan .', explains: 'against the running knc dev of this folder' },
      { command: 'knc plan service.yaml --context prod', explains: 'against a context of your kubeconfig' },
      { command: "knc plan . --json | jq '.traffic'", explains: 'where traffic would move, for programs' },
    ],
    args: [input],
    options: [
      ...target,
      { flags: '--prune', description: 'delete what was applied to these namespaces before and the input no longer has' },
      { flags: '--json', description: 'the plan as JSON on stdout' },
      targetNamespace,
      inheritEnv,
      useAppCommand,
    ],
  },
  {
    name: 'explain',
    summary: 'why an object or a URL behaves as it does',
    description:
      'Follows a URL or an object of the running `knc dev` of this folder, or of another cluster, from route to revision to pods:\n' +
      'who gets the traffic, what is not ready and what to do about it, why there are so many pods, and what happened lately.\n' +
      'Exit code 1 if there is no such object, 3 if no knc dev runs or the cluster does not answer.',
    examples: [
      { command: 'knc explain ksvc/hello', explains: 'a service of the running knc dev' },
      {
        command: 'knc explain http://hello.default.localhost:8080',
        explains: 'whatever answers at a URL, also of a traffic tag',
      },
      { command: 'knc explain revision/hello-00001 -n team --context prod', explains: 'on another cluster' },
    ],
    args: [
      {
        name: 'object',
        description: 'KIND/NAME (ksvc, route, revision, kpa, deployment, pod, ...), the name of a service, or a URL',
      },
    ],
    options: [...target, { flags: '--json', description: 'the same as JSON on stdout' }, targetNamespace],
  },
  {
    name: 'events',
    eventLines: true,
    summary: 'follow events through brokers and channels, one at a time or all',
    description:
      'Prints what happens to events in the running `knc dev` of this folder as it happens: which brokers and channels they come to,\n' +
      'who they are for, each attempt that fails, and the end. `knc events tree` prints the whole way of one event and of all that\n' +
      'followed from it. Where state is kept, earlier runs are told of, too, for a week at most. `knc events replay` has events that\n' +
      'are still kept delivered to a trigger or subscription once more. The data of events is not shown.',
    examples: [
      { command: 'knc events', explains: 'follow all events; Ctrl-C ends it' },
      { command: 'knc events tree 4711', explains: 'the way of one event, as a tree' },
      { command: 'knc events --once --json', explains: 'what there is so far, one JSON object a line' },
      {
        command: 'knc events replay 4711 --log default/orders --consumer fulfil',
        explains: 'deliver an event again, as after a dead letter',
      },
    ],
    args: [
      { name: 'action', description: 'tree or replay', optional: true, choices: ['tree', 'replay'] },
      { name: 'id', description: 'the id of an event', optional: true },
    ],
    options: [
      { flags: '--log <name>', description: 'of this broker (NAMESPACE/NAME) or channel (channel/NAMESPACE/NAME) alone' },
      { flags: '--event <id>', description: 'the event of this id' },
      { flags: '--type <type>', description: 'events of this type alone' },
      { flags: '--consumer <name>', description: 'of this trigger or subscription, as NAMESPACE/NAME' },
      { flags: '--from <time>', description: 'with replay: events since then (RFC 3339; default: all that are kept)' },
      { flags: '--once', description: 'print what there is so far, and end' },
      ...target,
      { flags: '--json', description: 'entries of the journal on stdout, one JSON object a line' },
    ],
  },
  {
    name: 'platform',
    summary: 'print everything that a cluster needs to run Knative objects',
    description:
      'Prints the whole platform as one YAML stream: definitions of the kinds, namespaces, service accounts with the least rights,\n' +
      'settings, pods, Services, network and admission policies. It is what the construct KnativePlatform makes. How to apply it, in\n' +
      'lines to copy, is said on stderr. docs/install.md has all options, upgrading and uninstalling.',
    examples: [
      { command: 'knc platform > platform.yaml', explains: 'one pod on any cluster, behind a load balancer' },
      {
        command: 'knc platform --profile ha --domain example.com',
        explains: 'several pods, and services at NAME.NAMESPACE.example.com',
      },
      { command: 'knc platform --expose gateway:infra/public', explains: 'behind an existing Gateway of the Gateway API' },
      { command: 'knc platform --file options.yaml', explains: 'all options of KnativePlatform, from a file' },
    ],
    args: [],
    options: [
      { flags: '-f, --file <file>', description: 'YAML with the props of KnativePlatform; options beside it win', type: 'path' },
      { flags: '--profile <name>', description: 'small or ha (default: small)', choices: ['small', 'ha'] },
      {
        flags: '--parts <names>',
        description: 'serving for a platform without events (default: serving,eventing)',
        type: 'list',
      },
      { flags: '--image <reference>', description: 'image of the runtime, with a tag or by digest' },
      {
        flags: '--pull-policy <policy>',
        description: 'of the image (default: IfNotPresent)',
        choices: ['Always', 'IfNotPresent', 'Never'],
      },
      { flags: '--pull-secret <name>', description: 'Secret with credentials for the image; may be repeated', type: 'list' },
      {
        flags: '--expose <how>',
        description: 'load-balancer, node-port, node-port:NUMBER, gateway:NAMESPACE/NAME or none (default: load-balancer)',
        suggests: ['load-balancer', 'node-port', 'gateway:', 'none'],
      },
      {
        flags: '--domain <name>',
        description: 'what names of services end in outside (default: svc.cluster.local, none outside)',
      },
      { flags: '--events <size|memory>', description: 'size of the volume of events, or memory to keep none (default: 1Gi)' },
      { flags: '--storage-class <name>', description: "class of that volume (default: the cluster's)" },
      {
        flags: '--mutating-policies <version>',
        description: 'let the API server tell Jobs of SinkBindings their sinks and note who made an object (default: none)',
        choices: ['none', 'v1', 'v1beta1'],
      },
      {
        flags: '--webhook',
        description: 'ask the platform before objects are stored: the same, and refusals in the words of Knative, on any cluster',
      },
      { flags: '--queue-sidecar', description: 'a sidecar in every pod that keeps its limits, whoever sends requests there' },
      { flags: '--crds-only', description: 'the definitions of the kinds alone' },
      { flags: '--without-crds', description: 'all but them' },
      { flags: '-o, --output <file>', description: 'write to this file instead of stdout', type: 'path' },
      { flags: '--json', description: 'JSON instead of YAML: one List of all objects' },
    ],
    exitCodes: { 0: 'printed', 1: 'an option says what cannot be' },
  },
  {
    name: 'run',
    summary: 'run a part of the platform on a cluster: what the image starts',
    description:
      'Runs controllers, gateway, brokers and channels on the cluster that this pod is in: all of them, or those of one role, as\n' +
      'profile ha of knc platform has them in pods of their own. Each option can be said by an environment\n' +
      'variable, too: KNC_ROLE, KNC_STATE, KNC_DRAIN_DELAY, KNC_LOG_LEVEL and so on. POD_NAME, POD_NAMESPACE and POD_IP come from the\n' +
      'downward API. Logs are JSON on stdout. SIGTERM drains and ends with 0; a second one ends at once. Role queue is\n' +
      'the sidecar of a pod of a service: it knows no cluster, and has of the options --drain-delay and --log-level alone.',
    examples: [
      { command: 'knc run --role all --state /data', explains: 'everything in one process, events kept in /data' },
      {
        command: 'knc run --kubeconfig ~/.kube/config --log-level debug',
        explains: 'on a cluster from outside, with POD_IP an address that it reaches',
      },
    ],
    args: [],
    options: [
      { flags: '--role <name>', description: `${ROLE_NAMES.join(', ')} (default: all)`, choices: ROLE_NAMES },
      { flags: '--parts <names>', description: 'serving, or serving,eventing (default: both)', type: 'list' },
      { flags: '--state <dir>', description: 'keep events in this folder (default: in memory)', type: 'path' },
      { flags: '--state-size <size>', description: 'how much of the disk they may take, as 10Gi (default: all that it has)' },
      { flags: '--drain-delay <duration>', description: 'how long requests are still taken after SIGTERM (default: 5s)' },
      { flags: '--log-level <level>', description: `${LOG_LEVELS.join(', ')} (default: info)`, choices: LOG_LEVELS },
      { flags: '--external-port <number>', description: 'requests from outside the cluster (default: 8080)', type: 'port' },
      {
        flags: '--https-port <number>',
        description: 'HTTPS from outside, with the certificates that Ingresses name (default: not served)',
        type: 'port',
      },
      { flags: '--internal-port <number>', description: 'requests by cluster-local names (default: 8081)', type: 'port' },
      {
        flags: '--webhook-port <number>',
        description: 'questions of API servers about objects that are to be stored (default: none; 4443 for role webhook)',
        type: 'port',
      },
      {
        flags: '--outer-ingress <pods>',
        description: 'NAMESPACE[/LABEL=VALUE] of an ingress in front, whose pods may name revisions; may be repeated',
        type: 'list',
      },
      {
        flags: '--trusted-proxies <ranges>',
        description: 'addresses of proxies in front, as 10.0.0.0/8, whose X-Forwarded-* are believed; may be repeated',
        type: 'list',
      },
      { flags: '--health-port <number>', description: '/healthz and /readyz (default: 8086)', type: 'port' },
      { flags: '--metrics-port <number>', description: 'metrics for Prometheus (default: 9090)', type: 'port' },
      { flags: '--link-port <number>', description: 'where a part is dialled by controllers (default: 9443)', type: 'port' },
      { flags: '--kube-api-qps <number>', description: 'writes a second to the API server; 0: no limit (default: 400)' },
      { flags: '--kube-api-burst <number>', description: 'writes at once after a rest (default: 800)' },
      { flags: '--kubeconfig <file>', description: 'run outside the cluster, as the user of this kubeconfig', type: 'path' },
      { flags: '--context <name>', description: 'a context of it, instead of the current one' },
    ],
    exitCodes: { 0: 'it was told to end, and has ended in order', 1: 'it cannot run, or was told twice to end' },
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    description: 'Prints a script that completes commands, options and paths.',
    examples: [
      { command: 'source <(knc completion bash)', explains: 'bash, for this session' },
      { command: 'knc completion zsh > ~/.zsh/completions/_knc', explains: 'zsh, where fpath has that folder' },
      { command: 'knc completion fish > ~/.config/fish/completions/knc.fish', explains: 'fish' },
    ],
    args: [{ name: 'shell', description: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] }],
    options: [],
  },
];
