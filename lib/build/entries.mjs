// The public entry points, as folders below the root; package.json's exports map names the same ones.
export const entryPoints = ['constructs', 'constructs/platform', 'constructs/pulumi', 'constructs/testing', 'lib/api'];

// Folders that become one file each. What they import of each other stays an import; everything else is bundled into them, so
// that app repositories install no runtime dependency, and requiring the constructs reads four files.
export const units = [
  'lib/base',
  'lib/expr',
  'lib/api',
  'lib/platform',
  'constructs/model',
  'constructs',
  'constructs/platform',
  'constructs/pulumi',
  'constructs/testing',
];

// Programs: output file below dist → source.
export const programs = {
  'bin/knc.js': 'lib/cli/bin.ts',
  'bin/synth-child.js': 'lib/cli/synth-child.ts',
  'bin/preload.js': 'lib/local/pods/preload.ts',
  'bin/spawner.js': 'lib/local/pods/process/spawner-program.ts',
  'samples/autoscale.js': 'lib/local/samples/autoscale.ts',
  'samples/cloudevents-player.js': 'lib/local/samples/cloudevents-player.ts',
  'samples/cloudevents-player-page.js': 'lib/local/samples/cloudevents-player/page/main.ts',
  'samples/event-display.js': 'lib/local/samples/event-display.ts',
  'samples/helloworld.js': 'lib/local/samples/helloworld.ts',
};

// The commands of `knc` are in two files beside it, so that `knc --help` and `knc validate` do not read the runtime: those named here
// are in bin/knc-light.js, all others in bin/knc-heavy.js.
export const lightCommands = ['completion', 'crds', 'doctor', 'images', 'platform', 'schemas', 'synth', 'validate'];

// What runs, which `knc` and the Testbed share, is one file: runtime/index.js.
export const runtimeFolders = ['lib/kube', 'lib/control', 'lib/gateway', 'lib/eventing', 'lib/local', 'lib/roles'];

// Libraries that more than one of these files needs: each is bundled once, into vendor/.
export const vendors = ['@marcbachmann/cel-js', '@peculiar/x509', 'jsonata', 'reflect-metadata', 'undici', 'ws', 'yaml'];
