/** The company's balance as text: value to the company, up, against value to the customer, to the right. */
import type { BalanceGrid } from '../api/answers.ts';
import { count } from '../terminal/numbers.ts';
import { paint } from '../terminal/style.ts';
import { plural } from './words.ts';

/** Characters a cell is wide, and the labels before it. */
const CELL = 21;
const SIDE = 8;

export function balanceText({ customers, rows, cols, cells, unknown }: BalanceGrid): string {
  const rule = (left: string, middle: string, right: string) =>
    `${' '.repeat(SIDE)}${left}${cols.map(() => '─'.repeat(CELL)).join(middle)}${right}\n`;
  let text = `${paint.bold('The balance')}  ${paint.dim(`${plural(customers, 'customer')}: worth to the company ↑, how the company was to them →`)}\n`;
  text += rule('┌', '┬', '┐');
  rows.forEach((value, i) => {
    const here = cols.map((experience) =>
      cells.find((cell) => cell.value === value && cell.experience === experience)!,
    );
    const line = (label: string, inCell: (cell: (typeof here)[number]) => string) =>
      `${paint.dim(label.padStart(SIDE - 1))} │${here.map(inCell).join('│')}│\n`;
    text += line(value, (cell) => tone(cell.experience)(` ${cell.name}`.padEnd(CELL)));
    text += line('', (cell) => ` ${count(cell.customers)}  ${percent(cell.share)}`.padEnd(CELL));
    text += i < rows.length - 1 ? rule('├', '┼', '┤') : rule('└', '┴', '┘');
  });
  text += `${' '.repeat(SIDE + 1)}${cols
    .map((experience) => paint.dim(` ${experience}`.padEnd(CELL + 1)))
    .join('')
    .trimEnd()}\n`;
  for (const cell of unknown)
    text += `${' '.repeat(SIDE + 2)}${cell.name.padEnd(22)}${count(cell.customers).padStart(9)}  ${percent(cell.share).padStart(6)}  ${paint.dim(cell.cell === 'value-unknown' ? 'no amount is known' : 'too little is known of how it was')}\n`;
  return text;
}

const tone = (experience: string) =>
  experience === 'low' ? paint.red : experience === 'high' ? paint.green : (text: string) => text;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
