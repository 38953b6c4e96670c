/** Which definition a file is, and what is said of one that is none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GRID_V1 } from '@throughline/balance';
import { checkDefinition, SCORE_V1 } from '@throughline/cem';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXIT, Stop } from '../src/exit.ts';
import { authorOf } from '../src/replay/author.ts';
import { readDefinitions } from '../src/replay/definitions.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/definitions/score-v2.json', import.meta.url));

describe('Definitions from files', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-definitions-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are known by what stands in them', () => {
    const score = file('a.json', JSON.stringify(SCORE_V1));
    const grid = file('b.json', JSON.stringify(GRID_V1));
    const survivorship = file('c.json', JSON.stringify({ version: 2, fields: {}, otherwise: { rule: 'most-recent' } }));
    expect(Object.keys(readDefinitions('cem', [score]))).toEqual(['score']);
    expect(readDefinitions('balance', [grid, score])).toEqual({ grid: GRID_V1, score: SCORE_V1 });
    expect(Object.keys(readDefinitions('crm', [survivorship]))).toEqual(['survivorship']);
    expect(readDefinitions('cem', [])).toEqual({});
  });

  test('are what they are said to be, whatever stands in them', () => {
    const odd = file('odd=name.json', '{"dimensions":{}}');
    expect(readDefinitions('cem', [`score=${odd}`])).toEqual({ score: { dimensions: {} } });
    expect(refusal(() => readDefinitions('cem', [odd]))).toContain('is no definition that cem takes');
  });

  test.each([
    ['a file that is not there', 'cem', 'none.json', undefined, 'There is no file'],
    ['what is no JSON', 'cem', 'd.json', '{"signals":', 'is not JSON'],
    ['a list', 'cem', 'e.json', '[]', 'is not one JSON object'],
    ['another projection’s definition', 'cem', 'f.json', '{"cells":{}}', 'is no definition that cem takes'],
    [
      'a document that could be either',
      'balance',
      'g.json',
      '{"cells":{},"signals":[]}',
      'is no definition that balance',
    ],
  ])('%s is refused before anything is sent', (_, projection, name, text, says) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    expect(refusal(() => readDefinitions(projection, [path]))).toContain(says);
  });

  test('of one name are given once', () => {
    const score = file('a.json', JSON.stringify(SCORE_V1));
    expect(refusal(() => readDefinitions('cem', [score, `score=${score}`]))).toContain(
      'Two definitions are given as score',
    );
  });

  test('the example is a score definition, and differs from the shipped one', () => {
    const example: unknown = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
    const { name, version, signals } = checkDefinition(example);
    expect([name, version]).toEqual([SCORE_V1.name, SCORE_V1.version + 1]);
    expect(signals).not.toEqual(SCORE_V1.signals);
  });
});

describe('Who asks', () => {
  test('is whom the command names, else the environment, else the system', () => {
    expect(authorOf('Ada', { THROUGHLINE_AUTHOR: 'Bob' })).toBe('Ada');
    expect(authorOf(undefined, { THROUGHLINE_AUTHOR: ' Bob ' })).toBe('Bob');
    expect(authorOf(undefined, {}).length).toBeGreaterThan(0);
    expect(refusal(() => authorOf(' ', {}))).toContain('Who asks for this is not known');
  });
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Stop);
    expect((error as Stop).exitCode).toBe(EXIT.usage);
    return (error as Stop).message;
  }
  throw new Error('It was not refused.');
}
