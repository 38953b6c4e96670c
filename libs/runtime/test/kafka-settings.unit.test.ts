import { describe, expect, test } from '@jest/globals';
import { readKafkaSettings } from '../src/kafka-settings.ts';
import { SettingsError } from '../src/settings-error.ts';

const BROKERS = 'one.example:9092';
const failure = (env: Record<string, string>) => {
  try {
    readKafkaSettings(env);
    return undefined;
  } catch (error) {
    return error as SettingsError;
  }
};

describe('settings of Kafka', () => {
  test('are none without brokers', () => {
    expect(readKafkaSettings({})).toBeUndefined();
    expect(readKafkaSettings({ KAFKA_BROKERS: '', KAFKA_TOPICS: 'a' })).toBeUndefined();
  });

  test('need nothing but brokers', () => {
    expect(readKafkaSettings({ KAFKA_BROKERS: ' one:9092, two.example:29092' })).toEqual({
      brokers: ['one:9092', 'two.example:29092'],
      topics: ['touchpoints'],
      group: 'throughline-ingestion',
      tls: false,
    });
  });

  test('are what the environment says', () => {
    const settings = readKafkaSettings({
      KAFKA_BROKERS: BROKERS,
      KAFKA_TOPICS: '/^touchpoints\\.(web|app){1,2}$/',
      KAFKA_GROUP: 'eu',
      KAFKA_DEAD_LETTER_TOPIC: 'touchpoints.dead',
      KAFKA_TLS: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_USERNAME: 'ada',
      KAFKA_PASSWORD: 'hush',
    });
    expect(settings).toMatchObject({ group: 'eu', deadLetterTopic: 'touchpoints.dead', tls: true });
    expect((settings!.topics as RegExp).test('touchpoints.webapp')).toBe(true);
    expect(settings!.sasl!()).toEqual({ mechanism: 'scram-sha-512', username: 'ada', password: 'hush' });
    expect(JSON.stringify(settings)).not.toContain('hush');
  });

  test.each([
    ['KAFKA_BROKERS', 'no-port.example'],
    ['KAFKA_BROKERS', 'kafka://one.example:9092'],
    ['KAFKA_BROKERS', 'one.example:99999'],
    ['KAFKA_TOPICS', 'touch points'],
    ['KAFKA_TOPICS', 'one,,two'],
    ['KAFKA_TOPICS', '/(unclosed/'],
    ['KAFKA_GROUP', 'a b'],
    ['KAFKA_DEAD_LETTER_TOPIC', 'dead letters'],
    ['KAFKA_CHANGES_TOPIC', 'all changes'],
    ['KAFKA_TLS', 'yes, please'],
    ['KAFKA_SASL_MECHANISM', 'gssapi-please'],
  ])('%s that is wrong is named, and its value is not', (variable, value) => {
    const error = failure({ KAFKA_BROKERS: BROKERS, [variable]: value });
    expect(error).toBeInstanceOf(SettingsError);
    expect(error?.variables).toEqual([variable]);
    expect(error?.message).not.toContain(value);
  });

  test('that give half a log-in name the other half, and print neither', () => {
    const sasl = { KAFKA_BROKERS: BROKERS, KAFKA_SASL_MECHANISM: 'plain' };
    expect(failure({ ...sasl, KAFKA_USERNAME: 'ada' })?.variables).toEqual(['KAFKA_PASSWORD']);
    const error = failure({ KAFKA_BROKERS: BROKERS, KAFKA_PASSWORD: 'hush-hush' });
    expect(error?.variables).toEqual(['KAFKA_SASL_MECHANISM']);
    expect(error?.message).not.toContain('hush-hush');
  });

  test('that would read changes as touchpoints, or put them among the dead letters, are refused', () => {
    const env = { KAFKA_BROKERS: BROKERS, KAFKA_CHANGES_TOPIC: 'changes' };
    expect(readKafkaSettings(env)).toMatchObject({ changesTopic: 'changes' });
    expect(readKafkaSettings({ ...env, KAFKA_CHANGES_TOPIC: '' })).not.toHaveProperty('changesTopic');
    expect(failure({ ...env, KAFKA_TOPICS: 'a,changes' })?.variables).toEqual(['KAFKA_CHANGES_TOPIC']);
    expect(failure({ ...env, KAFKA_DEAD_LETTER_TOPIC: 'changes' })?.variables).toEqual(['KAFKA_CHANGES_TOPIC']);
  });

  test('that would read the dead letters again are refused', () => {
    const env = { KAFKA_BROKERS: BROKERS, KAFKA_TOPICS: 'a,b', KAFKA_DEAD_LETTER_TOPIC: 'b' };
    expect(failure(env)?.variables).toEqual(['KAFKA_DEAD_LETTER_TOPIC']);
  });

  test('whose pattern matches what is written out are refused by name, and show neither', () => {
    const env = {
      KAFKA_BROKERS: BROKERS,
      KAFKA_TOPICS: '/^channel\\./',
      KAFKA_DEAD_LETTER_TOPIC: 'channel.dead',
      KAFKA_CHANGES_TOPIC: 'channel.changes',
    };
    const error = failure(env);
    expect(error?.variables).toEqual(['KAFKA_DEAD_LETTER_TOPIC', 'KAFKA_CHANGES_TOPIC']);
    expect(error?.message).not.toContain('channel');
    expect(readKafkaSettings({ ...env, KAFKA_TOPICS: '/^channel\\.(web|app)$/' })).toMatchObject({
      deadLetterTopic: 'channel.dead',
      changesTopic: 'channel.changes',
    });
  });
});
