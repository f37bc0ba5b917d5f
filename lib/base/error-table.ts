/** What a code means and what to do about it, when the place that throws knows nothing better. */
export interface ErrorEntry {
  readonly title: string;
  readonly remedy: string;
}

/**
 * Every error code. KNC1: synthesis; KNC2: applying objects; KNC3: the local runtime; KNC4: the command line; KNC5: our own fault.
 * A code is never given a second meaning. `docs/errors.md` is generated from this table.
 */
export const errorTable = {
  KNC1001: {
    title: 'A construct was given an invalid value',
    remedy: 'Change the field that the message names; the path is that of the synthesized object.',
  },
  KNC1002: {
    title: 'The app failed while it was synthesized',
    remedy: 'Mend what the message says and save; what runs keeps running until then.',
  },
  KNC1003: {
    title: 'The app synthesized nothing',
    remedy: 'Call synth() on the cdk8s App at the end of the entry file.',
  },
  KNC1004: {
    title: 'The app took too long to synthesize',
    remedy: 'End the app after app.synth(): a timer, server or connection that it opened keeps it alive.',
  },
  KNC1101: {
    title: 'A construct was given a value that some clusters refuse',
    remedy: 'Check the cluster as the message says, or name the rule in `silence` of the construct.',
  },
  KNC2001: {
    title: 'An object was refused by validation',
    remedy: 'Change the fields that the message names and apply again.',
  },
  KNC2101: {
    title: 'An object is of a kind that is not served here',
    remedy: 'Check apiVersion and kind for a typing error.',
  },
  KNC2102: {
    title: 'Two different objects have the same kind, namespace and name',
    remedy: 'Give one of them another name, or leave it out of the input.',
  },
  KNC2103: {
    title: 'A kind is not known here and could not be checked',
    remedy: 'Check it with the tool that defines it; without --strict `knc validate` only notes it.',
  },
  KNC2201: {
    title: 'A setting of the installation is invalid',
    remedy:
      'Change the key that the message names in the ConfigMap; what its `_example` says about the key shows what may stand there.',
  },
  KNC3100: {
    title: 'A service is not ready',
    remedy: 'Mend what the deepest line names; it is tried again by itself.',
  },
  KNC3101: {
    title: 'An image cannot be run here',
    remedy: 'Say what the image means on this machine: `local` on the construct, or an entry in knc.images.yaml.',
  },
  KNC3102: {
    title: 'A container ended by itself',
    remedy: 'Read the last lines that it printed; a service must keep running and listen on $PORT, a Job must end with 0.',
  },
  KNC3103: {
    title: 'A container runs but does not listen on its port',
    remedy: 'Listen on the port in $PORT, on all addresses; 127.0.0.1 alone does where pods are not isolated.',
  },
  KNC3104: {
    title: 'Traffic goes to something that does not exist',
    remedy: 'Correct the name in spec.traffic, or deploy what it names first.',
  },
  KNC3105: {
    title: 'A container cannot be started',
    remedy: 'Create the ConfigMap or Secret, or correct the field or the command, that the message names.',
  },
  KNC3201: {
    title: 'knc.images.yaml is not valid',
    remedy: 'Correct the line that the message names; an entry needs `command`, a list of strings.',
  },
  KNC3202: {
    title: 'A mapped program lies outside the repository',
    remedy: 'Move it into the repository, or start `knc dev` with --trust-images.',
  },
  KNC3110: {
    title: 'A Testbed did not become ready',
    remedy: 'Read the reason: a stub that fails or a chart that names what does not exist; virtual time waited 15 minutes.',
  },
  KNC3111: {
    title: 'A request to a Testbed was not answered',
    remedy: 'Look at the handler: it waits for something that nothing in virtual time does.',
  },
  KNC3112: {
    title: 'A Testbed was asked for something that its chart does not have',
    remedy: 'Give the construct itself, or its name as it is in the cluster (`namespace/name` outside namespace default).',
  },
  KNC3113: {
    title: 'A Testbed was given a duration that it cannot read',
    remedy: "Write a Go duration such as '90s' or '2m', or a number of milliseconds of at least 0.",
  },
  KNC3114: {
    title: 'An event of a Testbed was refused',
    remedy: 'Give it what the message asks for: a type, attributes in lower case, data that JSON can say.',
  },
  KNC3301: {
    title: 'The state folder is in use by another knc dev',
    remedy: 'End that one, or give this one a folder of its own (--state DIR) or none (--ephemeral).',
  },
  KNC3302: {
    title: 'The state was written by a newer version',
    remedy: 'Use that version of knc, another folder (--state DIR), or forget the state (--fresh).',
  },
  KNC3303: {
    title: 'The state folder cannot be used',
    remedy: 'Make it readable and writable for you, give another one (--state DIR), or keep no state (--ephemeral).',
  },
  KNC3304: {
    title: 'The package that keeps the state is missing',
    remedy:
      'Install it (npm install lmdb; it is optional, and has prebuilt binaries for common machines), or keep no state (--ephemeral).',
  },
  KNC3305: {
    title: 'The state cannot be written',
    remedy: 'Make room on the disk, or restore write access; what was refused is not stored, everything before it is.',
  },
  KNC3306: {
    title: 'The stored state is damaged',
    remedy: 'It is set aside beside the state folder and nothing of it is deleted; apply your objects again.',
  },
  KNC3401: {
    title: 'Pods cannot have networks of their own here',
    remedy: 'Leave --isolate out, or run it as root (sudo) on Linux with iproute2 and util-linux installed.',
  },
  KNC4001: {
    title: 'The input was not found',
    remedy: 'Give an app folder with a cdk8s.yaml, an app file, a YAML file or a folder of YAML.',
  },
  KNC4002: {
    title: 'The input is not valid YAML',
    remedy: 'Correct the line that the message names.',
  },
  KNC4003: {
    title: 'The YAML holds something that is no Kubernetes object',
    remedy: 'Every document needs apiVersion, kind and metadata.name.',
  },
  KNC4004: {
    title: 'The app has no entry file',
    remedy: 'Name it in the app command of cdk8s.yaml (app: node main.js), or call it main.ts, main.js or index.ts.',
  },
  KNC4005: {
    title: 'The port is not available',
    remedy: 'Choose another port with --port, or --port 0 for any free one.',
  },
  KNC4006: {
    title: 'Not everything became ready in time',
    remedy: 'Mend what is named, or wait longer with --timeout.',
  },
  KNC4007: {
    title: 'The file holds no CloudEvent',
    remedy:
      'An event is an object with specversion, id, source and type, in JSON or YAML, with its data beside them as data or data_base64.',
  },
  KNC4010: {
    title: 'The kubeconfig cannot be used',
    remedy: 'Correct the field that the message names, or choose another file or context with --kubeconfig and --context.',
  },
  KNC4011: {
    title: 'Credentials for the cluster cannot be had',
    remedy: 'Sign in to the cluster again, then repeat the command.',
  },
  KNC4012: {
    title: 'No cluster answers',
    remedy: 'Start `knc dev` in this folder, or name a running cluster with --context or --kubeconfig.',
  },
  KNC4013: {
    title: 'The object was not found in the cluster',
    remedy: 'Check kind, name and namespace (-n).',
  },
  KNC4020: {
    title: 'The runtime does not know which pod it is',
    remedy: "Add POD_NAME, POD_NAMESPACE and POD_IP to the container's env by the downward API, as `knc platform` does.",
  },
  KNC4021: {
    title: 'The runtime does not know its cluster',
    remedy: 'Run it in a pod with a service account token, or name a cluster with --kubeconfig.',
  },
  KNC4022: {
    title: 'The platform cannot be made with these options',
    remedy: 'Change the option that the message names; docs/install.md lists them all.',
  },
  KNC4023: {
    title: 'The sidecar does not know its container',
    remedy: 'The controllers set the variables of container queue-proxy: give the role queue to no pod by hand, or set them all.',
  },
  KNC5001: {
    title: 'Background work failed unexpectedly',
    remedy: 'This is a defect: please report it with the stack trace.',
  },
  KNC5101: {
    title: 'A reconciler looked at a kind that it does not watch',
    remedy: 'This is a defect: the kind must be named in the `watches` of the reconciler.',
  },
  KNC5102: {
    title: 'A reconciler asked a question that nobody answers',
    remedy: 'This is a defect: give the engine an answerer for the topic that the message names.',
  },
  KNC5110: {
    title: 'Virtual time came to a stop with work left to do',
    remedy: 'This is a defect: please report it with the chart and the test.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errorTable;
