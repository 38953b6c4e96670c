import { expect, test } from '@jest/globals';
import { connectRedis, parseRedisUrl } from '../src/index.ts';

const node = (host: string, port = 6379) => ({ host, port });
const plain = { cluster: false, tls: false, username: undefined, password: undefined, db: 0 };

test.each([
  ['redis://localhost', { ...plain, nodes: [node('localhost')] }],
  ['redis://10.0.0.1:7000/3', { ...plain, nodes: [node('10.0.0.1', 7000)], db: 3 }],
  [
    'rediss://ada:p%40ss@redis.example:6380',
    { ...plain, tls: true, nodes: [node('redis.example', 6380)], username: 'ada', password: 'p@ss' },
  ],
  ['redis://:secret@[::1]:7000', { ...plain, nodes: [node('::1', 7000)], password: 'secret' }],
  ['redis+cluster://a:1,b:2,c', { ...plain, cluster: true, nodes: [node('a', 1), node('b', 2), node('c')] }],
  [
    'rediss+cluster://u:p@a,b',
    { ...plain, cluster: true, tls: true, nodes: [node('a'), node('b')], username: 'u', password: 'p' },
  ],
])('%s is an address', (url, address) => expect(parseRedisUrl(url)).toEqual(address));

test.each([
  'localhost',
  'http://localhost',
  'redis://',
  'redis://a,b',
  'redis://a:0',
  'redis://a:70000',
  'redis://a b',
  'redis://%zz@a',
  'redis://a/x',
  'redis+cluster://a/1',
  'redis+cluster://a,',
])('%p is none', (url) => expect(parseRedisUrl(url)).toBeUndefined());

test('a wrong address is named by its setting, and not repeated', async () => {
  const wrong = connectRedis({ url: 'reddis://:top-secret@a', name: 'REDIS_URL' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid-setting' });
  await expect(wrong).rejects.toThrow(/REDIS_URL must be redis:/);
  await expect(wrong).rejects.not.toThrow(/secret/);
});
