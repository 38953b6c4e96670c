/** `npm run infra:down [-- --only kafka,redis]`: stops what `up` started, and nothing else. Data and ports stay as they are. */
import { chosen, PARTS } from './parts.mjs';
import { end } from './processes.mjs';
import { isRunning, remembered } from './state.mjs';

const state = remembered();
await Promise.all(
  chosen(process.argv.slice(2)).map(async (name) => {
    if (!isRunning(state[name])) {
      console.log(`Not running: ${PARTS[name].title}`);
      return;
    }
    await end(state[name].pid);
    console.log(`Stopped: ${PARTS[name].title}`);
  }),
);
