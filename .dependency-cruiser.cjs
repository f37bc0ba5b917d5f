/** Edges go downwards and never across: see ARCHITECTURE.md, "Layers". */
const runtime = '^lib/(control|gateway|eventing|pipelines|registry|kube|local|cli|roles)/';
module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'base-depends-on-nothing',
      severity: 'error',
      from: { path: '^lib/base/' },
      to: { path: '^(constructs|lib/(?!base/))' },
    },
    { name: 'expr-is-pure', severity: 'error', from: { path: '^lib/expr/' }, to: { path: '^(constructs|lib/(?!base/|expr/))' } },
    {
      name: 'platform-is-made-of-the-api',
      severity: 'error',
      from: { path: '^lib/platform/' },
      to: { path: '^(constructs|lib/(?!base/|api/|platform/))' },
    },
    {
      name: 'cdk8s-plus-is-for-the-platform',
      severity: 'error',
      from: { pathNot: '^constructs/platform/' },
      to: { path: 'node_modules/cdk8s-plus' },
    },
    { name: 'api-knows-no-runtime', severity: 'error', from: { path: '^lib/api/' }, to: { path: `^constructs|${runtime}` } },
    {
      name: 'constructs-import-no-runtime',
      severity: 'error',
      from: { path: '^constructs/(?!testing/)' },
      to: { path: runtime },
    },
    {
      name: 'constructs-do-not-import-testing',
      severity: 'error',
      from: { path: '^constructs/(?!testing/)' },
      to: { path: '^constructs/testing/' },
    },
    { name: 'runtime-imports-no-constructs', severity: 'error', from: { path: '^lib/' }, to: { path: '^constructs/' } },
    {
      name: 'runtime-parts-never-meet-across',
      severity: 'error',
      from: { path: '^lib/(control|gateway|eventing|pipelines|registry|local)/' },
      to: { path: '^lib/(control|gateway|eventing|pipelines|registry|local|cli|roles)/', pathNot: '^lib/$1/' },
    },
    {
      name: 'kube-is-below',
      severity: 'error',
      from: { path: '^lib/kube/' },
      to: { path: '^lib/(control|gateway|eventing|pipelines|registry|local|cli|roles)/' },
    },
    { name: 'nothing-imports-cli', severity: 'error', from: { pathNot: '^lib/cli/' }, to: { path: '^lib/cli/' } },
    {
      name: 'only-entry-points-import-roles',
      severity: 'error',
      from: { pathNot: '^(lib/(roles|cli)/|constructs/testing/)' },
      to: { path: '^lib/roles/' },
    },
    { name: 'nothing-imports-build', severity: 'error', from: { pathNot: '^lib/build/' }, to: { path: '^lib/build/' } },
    {
      name: 'typebox-is-for-schema-sources',
      severity: 'error',
      from: { pathNot: '\\.schema\\.ts$' },
      to: { path: 'node_modules/@sinclair/typebox' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    exclude: { path: '^(dist|test)' },
  },
};
