/** The company's balance as text: value to the company, up, against value to the customer, to the right. */
import type { BalanceGrid } from '../api/answers.ts';
import { count } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { plural } from './words.ts';

const CELL = 21;

export function balanceText({ customers, rows, cols, cells, unknown }: BalanceGrid): string {
  const side = 8;
  const rule = (left: string, middle: string, right: string) =>
    `${' '.repeat(side)}${left}${cols.map(() => '─'.repeat(CELL)).join(middle)}${right}\n`;
  let text = `${paint.bold('The balance')}  ${paint.dim(`${plural(customers, 'customer')}: worth to the company ↑, how the company was to them →`)}\n`;
  text += rule('┌', '┬', '┐');
  rows.forEach((value, i) => {
    const here = cols.map((experience) =>
      cells.find((cell) => cell.value === value && cell.experience === experience)!,
    );
    const line = (
      label: string,
      of: (cell: (typeof here)[number]) => string,
      dress = (s: string, _: (typeof here)[number]) => s,
    ) =>
      `${paint.dim(label.padStart(side - 1))} │${here.map((cell) => dress(` ${of(cell).padEnd(CELL - 1)}`, cell)).join('│')}│\n`;
    text += line(
      value,
      (cell) => cell.name,
      (s, cell) => tone(cell.experience)(s),
    );
    text += line('', (cell) => `${count(cell.customers)}  ${percent(cell.share)}`);
    text += i < rows.length - 1 ? rule('├', '┼', '┤') : rule('└', '┴', '┘');
  });
  text += `${' '.repeat(side + 1)}${cols
    .map((experience) => paint.dim(` ${experience}`.padEnd(CELL + 1)))
    .join('')
    .trimEnd()}\n`;
  for (const cell of unknown)
    text += `${' '.repeat(side + 2)}${cell.name.padEnd(22)}${count(cell.customers).padStart(9)}  ${percent(cell.share).padStart(6)}  ${paint.dim(cell.cell === 'value-unknown' ? 'no amount is known' : 'too little is known of how it was')}\n`;
  return text;
}

const tone = (experience: string) =>
  experience === 'low' ? paint.red : experience === 'high' ? paint.green : (text: string) => text;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
