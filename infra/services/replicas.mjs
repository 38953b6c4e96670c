import { SERVICES } from './table.mjs';

/** On one host: one mirror keeps the copy that all others read, and one gateway has the port that people know. */
const SINGLE = ['gateway', 'mirror'];

/**
 * How many replicas of which services.
 *
 * @param {readonly string[]} args Each `<service>=<how many>`.
 * @returns {Record<string, number> | string} What is wrong with them, as a sentence.
 */
export function replicasIn(args) {
  const replicas = {};
  for (const arg of args) {
    const [, name, count] = /^([a-z0-9-]+)=([1-9]\d?)$/.exec(arg) ?? [];
    if (!SERVICES.some((service) => service.name === name) || SINGLE.includes(name)) {
      const names = SERVICES.map((service) => service.name).filter((known) => !SINGLE.includes(known));
      return `${arg} is not <service>=<how many>, such as crm-projection=2. Of these there can be several: ${names.join(', ')}.`;
    }
    replicas[name] = Number(count);
  }
  return replicas;
}
