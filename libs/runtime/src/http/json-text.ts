/**
 * Where a text is no JSON, and where the elements of a JSON list stand. `JSON.parse` tells neither, and its messages quote
 * the text, which may be personal. For the texts that it refused: it is the judge of what JSON is, this only finds the place.
 */

type Scan = { readonly end: number } | { readonly faultAt: number };

/** "Not JSON at byte 17 (line 2)." */
export function jsonFault(text: string): string {
  const value = scanValue(text, 0);
  const at = 'faultAt' in value ? value.faultAt : skipSpace(text, value.end);
  const before = text.slice(0, at);
  return `Not JSON at byte ${Buffer.byteLength(before, 'utf8')} (line ${before.split('\n').length}).`;
}

/** The text of each element of a JSON list. */
export function listElements(list: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(list, skipSpace(list, 0) + 1);
  while (at < list.length && list[at] !== ']') {
    const value = scanValue(list, at);
    if ('faultAt' in value) break;
    elements.push(list.slice(at, value.end));
    at = skipSpace(list, value.end);
    if (list[at] === ',') at = skipSpace(list, at + 1);
  }
  return elements;
}

/** Scans one value; the open lists and objects are kept on a stack of its own, since a sender may nest deeper than ours. */
function scanValue(text: string, start: number): Scan {
  const open: ('}' | ']')[] = [];
  let at = skipSpace(text, start);
  for (;;) {
    const begins = text[at];
    let valueEnded = true;
    if (begins === '{' || begins === '[') {
      const closer = begins === '{' ? '}' : ']';
      at = skipSpace(text, at + 1);
      if (text[at] === closer) at++;
      else {
        open.push(closer);
        valueEnded = false;
      }
    } else {
      const end = scalarEnd(text, at);
      if (end < 0) return { faultAt: -end - 1 };
      at = end;
    }
    while (valueEnded) {
      const closer = open.at(-1);
      if (!closer) return { end: at };
      at = skipSpace(text, at);
      if (text[at] === closer) {
        open.pop();
        at++;
      } else if (text[at] === ',') {
        at = skipSpace(text, at + 1);
        valueEnded = false;
      } else return { faultAt: at };
    }
    if (open.at(-1) === '}') {
      const nameEnd = text[at] === '"' ? scalarEnd(text, at) : -at - 1;
      if (nameEnd < 0) return { faultAt: -nameEnd - 1 };
      at = skipSpace(text, nameEnd);
      if (text[at] !== ':') return { faultAt: at };
      at = skipSpace(text, at + 1);
    }
  }
}

function skipSpace(text: string, at: number): number {
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Where a string, number or word ends; −1 − the place of the fault where it is none. */
function scalarEnd(text: string, start: number): number {
  if (text[start] !== '"') {
    NUMBER_OR_WORD.lastIndex = start;
    return NUMBER_OR_WORD.test(text) ? NUMBER_OR_WORD.lastIndex : -start - 1;
  }
  let at = start + 1;
  while (text[at] !== '"') {
    if (text[at] === '\\') {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return -at - 1;
      at = ESCAPE.lastIndex;
    } else if (at >= text.length || text.charCodeAt(at) < 0x20) return -at - 1;
    else at++;
  }
  return at + 1;
}
