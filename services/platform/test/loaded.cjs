/** Required before a program: writes down, when it ends, which CommonJS modules it had loaded; all of OpenTelemetry is such. */
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  process.on('exit', () => {
    require('node:fs').writeFileSync(
      process.env.LOADED_REPORT,
      JSON.stringify(Object.keys(require('node:module')._cache)),
    );
  });
}
